import type { FindingActivity, FindingFacts } from '../ocsf/finding.ts';
import type { AlertRow } from '../ports/alerts.ts';
import type { SavedQuery } from '../query/saved-query.ts';
import type { DecidedRows } from './decide.ts';
import type { AlertRule } from './rule.ts';

/** The types that subjects have in the graph, too. */
const RESOURCE_TYPES: Readonly<Record<SavedQuery['subject'], string>> = {
  user: 'okta_user',
  group: 'okta_user_group',
  app: 'okta_application',
  rule: 'okta_rule',
  device: 'okta_device',
  org: 'okta_account',
};

/** The findings of one evaluation: every row that is open, and those that it closed. */
export function findingsOf(
  { id, title, description, severity, subject }: AlertRule,
  { opened, stayed, unconfirmed, closed }: DecidedRows,
  at: number,
): readonly FindingFacts[] {
  const rule = { id, title, description, severity };
  const say = (activity: FindingActivity, rows: readonly AlertRow[]): readonly FindingFacts[] =>
    rows.map(({ uid, cells, openedAt, seenAt, isSubject }) => ({
      activity,
      rule,
      uid,
      resourceType: subject !== undefined && isSubject ? RESOURCE_TYPES[subject] : undefined,
      cells,
      openedAt,
      seenAt,
      at,
    }));
  return [
    ...say('create', opened),
    ...say('update', [...stayed.map(({ row }) => row), ...unconfirmed]),
    ...say('close', closed),
  ];
}
