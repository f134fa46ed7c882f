import type { User } from '../ports/org.ts';

/** Okta's statuses of users. */
export const STATUSES = [
  'STAGED',
  'PROVISIONED',
  'ACTIVE',
  'RECOVERY',
  'PASSWORD_EXPIRED',
  'LOCKED_OUT',
  'SUSPENDED',
  'DEPROVISIONED',
] as const;

/** Comma-separated names; a comma inside a name is written twice. */
export function readNames(text: string): readonly string[] {
  return text
    .replaceAll(',,', '\u{0}')
    .split(',')
    .map((name) => name.replaceAll('\u{0}', ',').trim())
    .filter((name) => name !== '');
}

/**
 * The text from which `readNames` reads these names. A space keeps a comma at a name's start apart from the separator.
 */
export function joinNames(names: readonly string[]): string {
  return names
    .map((name) => name.replaceAll(',', ',,'))
    .map((name, at) => (at > 0 && name.startsWith(',') ? ` ${name}` : name))
    .join(',');
}

/** Which users there are; members by user id. */
export interface Selection {
  /** Absent: whatever groups they are in. */
  readonly include: ReadonlySet<string> | undefined;
  readonly exclude: ReadonlySet<string>;
  /** Absent: any but DEPROVISIONED, as the setting for those says. */
  readonly statuses: ReadonlySet<string> | undefined;
}

/**
 * Deactivated users pass by their status: whether they are read at all is another setting's word, and of those that are
 * known the intake must learn that they are disabled. A user without a status is nobody's to leave out.
 */
export function hasSelectedStatus(
  { statuses }: Pick<Selection, 'statuses'>,
  { status }: Pick<User, 'status'>,
): boolean {
  return statuses === undefined || status === undefined || status === 'DEPROVISIONED' || statuses.has(status);
}

/** A user in groups of both kinds is left out. */
export function isSelectedMember(
  { include, exclude }: Pick<Selection, 'include' | 'exclude'>,
  userId: string,
): boolean {
  return !exclude.has(userId) && (include === undefined || include.has(userId));
}

/** `undefined`: everybody may be. */
export function membersSelected({ include, exclude }: Selection): number | undefined {
  return include === undefined ? undefined : [...include].filter((id) => !exclude.has(id)).length;
}
