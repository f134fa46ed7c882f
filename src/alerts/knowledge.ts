import type { SavedQuery } from '../query/saved-query.ts';
import type { AlertRule } from './rule.ts';

/** The view that has the ids of each subject, and the list that must be known before an id may count as gone from it. */
const VIEWS: Readonly<Record<SavedQuery['subject'], { readonly view: string; readonly list?: string }>> = {
  user: { view: 'users' },
  group: { view: 'groups', list: 'groups' },
  app: { view: 'apps', list: 'apps' },
  rule: { view: 'rules', list: 'rules' },
  device: { view: 'devices', list: 'devices' },
  org: { view: 'org', list: 'org' },
};

/** Questions about what is known, asked like any other; `:uids` is a list as JSON. The first column is `uid`. */
export interface KnowledgeQuestions {
  /** Which identities are ids of the rule's subject? */
  readonly subjects: string | undefined;
  /** Which of these ids are there, and not known well enough to say that their row is gone? */
  readonly unknownSubjects: string | undefined;
  /** Has a row where anything that the rule depends on is unknown. */
  readonly anythingUnknown: string;
}

export function knowledgeQuestions({
  subject,
  needs,
  question: { sql },
}: Pick<AlertRule, 'subject' | 'needs' | 'question'>): KnowledgeQuestions {
  // A record that could not be read stands as it was.
  const lookups = [...needs, 'record'].map((each) => `'${each.replaceAll("'", "''")}'`).join(', ');
  const lost = `WITH lost AS MATERIALIZED (
      SELECT subject, id FROM unknown WHERE lookup IN (${lookups}) ${readsHeldRoles(sql) ? '' : EXCEPT_SPARED})`;
  const anythingUnknown = `${lost} SELECT id AS uid FROM lost LIMIT 1`;
  if (subject === undefined) return { subjects: undefined, unknownSubjects: undefined, anythingUnknown };
  const { view, list } = VIEWS[subject];
  const isThere = `uid IN (SELECT id FROM ${view})`;
  const mayBeThere =
    list === undefined
      ? isThere
      : `(${isThere} OR EXISTS (SELECT 1 FROM unknown WHERE subject = 'org' AND lookup = '${list}'))`;
  const given = '(SELECT value AS uid FROM json_each(:uids))';
  return {
    subjects: `SELECT uid FROM ${given} WHERE ${isThere}`,
    unknownSubjects: `${lost}
      SELECT uid FROM ${given} WHERE ${mayBeThere} AND (
        uid IN (SELECT id FROM lost WHERE subject = '${subject}')
        OR EXISTS (SELECT 1 FROM lost WHERE subject <> '${subject}'))`,
    anythingUnknown,
  };
}

/**
 * Roles are not asked of a user whom a group makes an administrator: the answer would change nothing about `is_admin`. It
 * would about the roles themselves.
 */
const EXCEPT_SPARED = `AND NOT (
  lookup = 'roles' AND reason = 'not-asked' AND since IS NOT NULL
  AND EXISTS (SELECT 1 FROM users WHERE users.id = unknown.id AND users.is_admin = 1))`;

function readsHeldRoles(sql: string): boolean {
  return /\bheld_roles\b/iu.test(sql);
}
