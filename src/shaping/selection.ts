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
 * The text from which `readNames` reads these names. A space separates a comma at a name's start from the separator.
 */
export function joinNames(names: readonly string[]): string {
  return names
    .map((name) => name.replaceAll(',', ',,'))
    .map((name, at) => (at > 0 && name.startsWith(',') ? ` ${name}` : name))
    .join(',');
}

/** The users who are selected, with the members of groups by user id. */
export interface Selection {
  /** Absent: members of any group, or of none. */
  readonly include: ReadonlySet<string> | undefined;
  readonly exclude: ReadonlySet<string>;
  /** Absent: any status but DEPROVISIONED, which has a setting of its own. */
  readonly statuses: ReadonlySet<string> | undefined;
}

/**
 * Is the user's status selected? Deactivated users pass: another setting decides whether they are read, and the intake
 * must learn that the ones it knows are disabled. A user without a status passes too.
 */
export function hasSelectedStatus(
  { statuses }: Pick<Selection, 'statuses'>,
  { status }: Pick<User, 'status'>,
): boolean {
  return statuses === undefined || status === undefined || status === 'DEPROVISIONED' || statuses.has(status);
}

/** A user who is both in included and in excluded groups is left out. */
export function isSelectedMember(
  { include, exclude }: Pick<Selection, 'include' | 'exclude'>,
  userId: string,
): boolean {
  return !exclude.has(userId) && (include === undefined || include.has(userId));
}

/** `undefined`: every user may be selected. */
export function membersSelected({ include, exclude }: Selection): number | undefined {
  return include === undefined ? undefined : [...include].filter((id) => !exclude.has(id)).length;
}
