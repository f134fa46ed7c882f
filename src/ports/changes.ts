/** The kinds of changes that the history of the inventory tells. */

export interface ChangeWords {
  /** The thing that `subject_id` names. */
  readonly subject: 'user' | 'group' | 'app' | 'rule' | 'device';
  /** The thing that `object_id` names; absent: it is NULL. */
  readonly object?: 'group' | 'role' | 'factor' | 'app' | 'device';
  readonly says: string;
}

/**
 * Fixed values, which are only added. A role is named by its type, a custom role by its id, or by its label where the id is
 * not known.
 */
export const CHANGES = {
  'user-appeared': { subject: 'user', says: 'a new user, or one who is active again; after: the status' },
  'user-gone': { subject: 'user', says: 'Okta does not know the user any more; before: the status' },
  'user-status': { subject: 'user', says: 'before and after: the status' },
  'membership-added': { subject: 'user', object: 'group', says: 'the user came to the group' },
  'membership-removed': { subject: 'user', object: 'group', says: 'the user left the group, or it is gone' },
  'role-added': { subject: 'user', object: 'role', says: "of the user's own; after: the role as JSON" },
  'role-removed': { subject: 'user', object: 'role', says: "of the user's own; before: the role as JSON" },
  'role-status': { subject: 'user', object: 'role', says: 'before and after: the status of the assignment' },
  'factor-added': { subject: 'user', object: 'factor', says: 'after: the factor as JSON' },
  'factor-removed': { subject: 'user', object: 'factor', says: 'before: the factor as JSON' },
  'factor-status': { subject: 'user', object: 'factor', says: 'before and after: the status' },
  'group-appeared': { subject: 'group', says: 'a new group; after: its name' },
  'group-gone': { subject: 'group', says: 'before: its name' },
  'group-role-added': { subject: 'group', object: 'role', says: 'after: the role as JSON' },
  'group-role-removed': { subject: 'group', object: 'role', says: 'before: the role as JSON' },
  'group-role-status': { subject: 'group', object: 'role', says: 'before and after: the status' },
  'app-appeared': { subject: 'app', says: 'a new application; after: the status' },
  'app-gone': { subject: 'app', says: 'before: the status' },
  'app-status': { subject: 'app', says: 'before and after: the status' },
  'app-label': { subject: 'app', says: 'before and after: the label' },
  'app-user-added': { subject: 'user', object: 'app', says: 'after: scope and status as JSON' },
  'app-user-removed': { subject: 'user', object: 'app', says: 'before: scope and status as JSON' },
  'app-user-status': { subject: 'user', object: 'app', says: 'before and after: the status' },
  'app-group-added': { subject: 'group', object: 'app', says: 'the group was assigned' },
  'app-group-removed': { subject: 'group', object: 'app', says: 'the group is not assigned any more' },
  'rule-appeared': { subject: 'rule', says: 'a new rule; after: the status' },
  'rule-gone': { subject: 'rule', says: 'before: the status' },
  'rule-status': { subject: 'rule', says: 'before and after: the status' },
  'rule-groups': { subject: 'rule', says: 'before and after: its groups as JSON' },
  'device-appeared': { subject: 'device', says: 'a new device; after: the status' },
  'device-gone': { subject: 'device', says: 'before: the status' },
  'device-status': { subject: 'device', says: 'before and after: the status' },
  'device-user-added': { subject: 'user', object: 'device', says: 'after: the management status' },
  'device-user-removed': { subject: 'user', object: 'device', says: 'before: the management status' },
} as const satisfies Readonly<Record<string, ChangeWords>>;

export type WhatChanged = keyof typeof CHANGES;

/** A change, as it is told to people. Names are those of now, where they are still known. */
export interface ToldChange {
  /** ISO 8601, by the clock of the machine that saw it. */
  readonly at: string;
  readonly runId: string;
  readonly what: string;
  readonly subjectId: string;
  readonly subjectName: string | undefined;
  readonly objectId: string | undefined;
  readonly objectName: string | undefined;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The history, for code that only reads. */
export interface ChangeReader {
  /** Has a full run ended, and is the history on, so that changes are recorded? */
  readonly isRecording: boolean;
  /** The id of a user by id, login or e-mail address, also of one who is gone but is in the history. */
  idOf(user: string): string | undefined;
  /** Changes since an instant in ISO 8601, newest last; `userId`: those about one user. */
  list(since: string, userId: string | undefined): AsyncIterable<ToldChange>;
  close(): void;
}
