import type { DeviceFacts } from '../../ports/asset-facts.ts';

const MANAGED: ReadonlyMap<string | undefined, boolean> = new Map([
  ['MANAGED', true],
  ['NOT_MANAGED', false],
]);

/**
 * Is the device managed? As its profile says, else as all its users are managed on it, when they agree; `undefined`:
 * nobody says so. One that Okta has removed is not managed any more.
 */
export function isManaged({ device: { managed }, users, isGone }: DeviceFacts): boolean | undefined {
  if (isGone) return false;
  if (managed !== undefined || users.kind !== 'known') return managed;
  const said = new Set(users.value.map(({ managementStatus }) => MANAGED.get(managementStatus)));
  const [only] = said;
  return said.size === 1 ? only : undefined;
}
