import type { DeviceRecord } from '../../ports/assets.ts';

interface Platform {
  readonly type: 'Desktop' | 'Mobile';
  readonly typeId: number;
  readonly os: string;
  readonly osId: number;
}

/** OCSF's words and numbers for Okta's platforms. */
const PLATFORMS: Readonly<Record<string, Platform>> = {
  WINDOWS: { type: 'Desktop', typeId: 2, os: 'Windows', osId: 100 },
  MACOS: { type: 'Desktop', typeId: 2, os: 'macOS', osId: 300 },
  IOS: { type: 'Mobile', typeId: 5, os: 'iOS', osId: 301 },
  ANDROID: { type: 'Mobile', typeId: 5, os: 'Android', osId: 201 },
};

const KNOWN = Object.values(PLATFORMS);
/** 0 is what OCSF calls unknown, 99 what it has no number for. */
export const DEVICE_TYPES = ['Unknown', 'Other', ...new Set(KNOWN.map(({ type }) => type))];
export const DEVICE_TYPE_IDS = [0, 99, ...new Set(KNOWN.map(({ typeId }) => typeId))];
export const OS_TYPE_IDS = [99, ...KNOWN.map(({ osId }) => osId)];

export function deviceTypeOf({ platform }: DeviceRecord): {
  readonly type: string;
  readonly type_id: number;
} {
  if (platform === undefined) return { type: 'Unknown', type_id: 0 };
  const known = Object.hasOwn(PLATFORMS, platform) ? PLATFORMS[platform] : undefined;
  return known === undefined ? { type: 'Other', type_id: 99 } : { type: known.type, type_id: known.typeId };
}

/** The operating system; of a platform that OCSF has no number for, Okta's own word. */
export function osOf({
  platform,
}: DeviceRecord): { readonly name: string; readonly type: string; readonly type_id: number } | undefined {
  if (platform === undefined) return undefined;
  const known = Object.hasOwn(PLATFORMS, platform) ? PLATFORMS[platform] : undefined;
  if (known === undefined) return { name: platform, type: 'Other', type_id: 99 };
  return { name: known.os, type: known.os, type_id: known.osId };
}
