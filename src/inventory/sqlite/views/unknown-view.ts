import { USER_LOOKUPS } from '../../../ports/org.ts';
import { ARE_MEMBERS_KNOWN, UNREAD_MEMBERS } from './group-views.ts';
import { stamp, text, type PublicView } from './view.ts';

/** The list that must be there for each asset of `ASSETS`, by the kind of its records. */
const LISTS = { apps: 'app', rules: 'rule', devices: 'device', org: 'org' } as const;

const LIST_NAMES = Object.entries(LISTS)
  .map(([asset, kind]) => `WHEN '${kind}' THEN '${asset}'`)
  .join(' ');

/** By lookup, the fact in `posture_cells` that its answers decide. */
const VERDICTS = { factors: 'mfa', roles: 'admin' } as const;

const OF_ASSETS: readonly string[] = [
  `SELECT CASE s.kind WHEN 'list' THEN 'org' WHEN 'group-apps' THEN 'group' WHEN 'device-users' THEN 'device'
           ELSE 'app' END,
         CASE s.kind WHEN 'list' THEN '' ELSE s.owner END, CASE s.kind WHEN 'list' THEN CASE s.owner ${LIST_NAMES} ELSE s.owner END ELSE s.kind END,
         s.gap, ${stamp('s.asked_at')}
       FROM asset_sets AS s WHERE s.gap IS NOT NULL`,
  // A change that the log has told, and that is still to be read.
  `SELECT CASE m.question WHEN 'record' THEN 'org' ELSE m.subject END, m.id,
         CASE m.question WHEN 'users' THEN 'app-users' WHEN 'groups' THEN 'app-groups' ELSE m.subject || 's' END,
         m.reason, NULL
       FROM main.marks AS m WHERE m.subject IN ('app', 'device')
       GROUP BY m.subject, m.id, m.question`,
  `SELECT 'app', a.id, 'app-users', 'not-asked', NULL FROM assets AS a WHERE a.kind = 'app' AND NOT EXISTS (
         SELECT 1 FROM asset_sets AS s WHERE s.kind = 'app-users' AND s.owner = a.id)`,
  `SELECT 'app', id, 'app-groups', 'not-asked', NULL FROM apps
       WHERE everyone IS NULL AND read_at IS NOT NULL`,
  ...Object.entries(LISTS).map(
    ([asset, kind]) => `
      SELECT 'org', '', '${asset}', 'not-asked', NULL
      WHERE NOT EXISTS (SELECT 1 FROM asset_sets WHERE kind = 'list' AND owner = '${kind}')`,
  ),
];

type Stands = (table: 'u' | 'g', name: string) => string;

function ofUsers(stands: Stands): readonly string[] {
  return [
    // Deactivated users are not asked.
    ...USER_LOOKUPS.map(
      (lookup) => `
      SELECT 'user' AS subject, u.id AS id, '${lookup}' AS lookup, coalesce(u.${lookup}_gap, 'not-asked') AS reason,
        ${stamp(`u.${lookup}_asked_at`)} AS since
      FROM main.users AS u WHERE ${stands('u', lookup)} OR (
        u.${lookup}_gap IS NULL AND u.${lookup}_read_at IS NULL AND u.status IS NOT 'DEPROVISIONED')`,
    ),
    // The answer is known and yet not enough, as roles are where those of one of the user's groups are not.
    ...Object.entries(VERDICTS).map(
      ([lookup, facet]) => `
      SELECT 'user', u.id, '${lookup}', coalesce(json_extract(u.gaps, '$.${lookup}'), 'not-asked'),
        ${stamp(`u.${lookup}_asked_at`)}
      FROM main.users AS u WHERE u.status IS NOT 'DEPROVISIONED' AND u.posture IN (
        SELECT id FROM main.posture_cells WHERE says = '' OR json_extract(says, '$.${facet}') = 'unknown')
        AND NOT (${stands('u', lookup)}) AND NOT (u.${lookup}_gap IS NULL AND u.${lookup}_read_at IS NULL)`,
    ),
    `SELECT 'user', u.id, 'record', u.record_gap, NULL FROM main.users AS u WHERE u.record_gap IS NOT NULL`,
  ];
}

function ofGroups(stands: Stands): readonly string[] {
  return [
    `SELECT 'group', g.id, 'group-roles', g.roles_gap, ${stamp('g.roles_asked_at')}
       FROM main.groups AS g WHERE ${stands('g', 'roles')}`,
    `SELECT 'group', m.id, 'members', m.reason, NULL FROM main.marks AS m
       WHERE m.subject = 'group' AND m.question = 'members' AND m.reason IN ${UNREAD_MEMBERS}`,
    `SELECT 'group', g.id, 'members', 'not-asked', NULL FROM main.groups AS g
       WHERE NOT ${ARE_MEMBERS_KNOWN} AND NOT EXISTS (
         SELECT 1 FROM main.marks AS m WHERE m.subject = 'group' AND m.id = g.id AND m.question = 'members'
           AND m.reason IN ${UNREAD_MEMBERS})`,
    `SELECT 'group', g.id, 'group-roles', 'not-asked', NULL FROM main.groups AS g
       WHERE g.roles IS NULL AND g.roles_gap IS NULL`,
    `SELECT 'org', '', 'groups', 'not-asked', NULL WHERE NOT EXISTS (SELECT 1 FROM main.groups)`,
  ];
}

/** Everything that is not known, each with its reason; `not-asked` is no gap, but nothing is known of it either. */
export function unknownView(maxAnswerAgeMs: number): PublicView {
  const stands: Stands = (table, name) =>
    `${table}.${name}_gap IS NOT NULL AND (
      ${table}.${name}_read_at IS NULL OR ${table}.${name}_asked_at - ${table}.${name}_read_at > ${maxAnswerAgeMs})`;
  return {
    name: 'unknown',
    says: 'what is not known, and why',
    columns: {
      subject: text('user, group, app, device or org'),
      id: text("Okta's id; empty for a whole list"),
      lookup: text('the question that has no answer'),
      reason: text(
        'refused, missing, unavailable, unreadable, gone, not-asked, or changed: the change is still to be read',
      ),
      since: text('when it was last asked'),
    },
    sql: [...ofUsers(stands), ...ofGroups(stands), ...OF_ASSETS].join('\n      UNION ALL '),
  };
}
