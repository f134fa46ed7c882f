import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { TOO_MANY_GONE } from '../../ports/inventory.ts';
import { byName } from '../../enrich/by-name.ts';
import { PER_USER_LOOKUPS, USER_LOOKUPS, type UserLookup } from '../../ports/org.ts';
import { DEPENDS_ON_GROUPS } from './role-moves.ts';

/** The lookups whose answers are stored as JSON, each in a column of its name. Groups are stored as memberships. */
export const JSON_LOOKUPS = [...PER_USER_LOOKUPS, 'roles'] as const;
export type JsonLookup = (typeof JSON_LOOKUPS)[number];

const ASKED_COLUMNS = USER_LOOKUPS.map((lookup) => `${lookup}_asked_at`);
/** Okta answers 404 for users that are held back, and nothing is said or asked of them. */
const IS_NOT_HELD_BACK = `NOT EXISTS (
  SELECT 1 FROM marks WHERE subject = 'user' AND marks.id = users.id AND reason = '${TOO_MANY_GONE}')`;

/** The answer to roles came from the org's list, which did not name the user. */
const IS_NO_HOLDER =
  "json_extract(roles, '$.includesGroups') = 0 AND json_array_length(roles, '$.roles') = 0";
/** Where Okta does not say how a role is held, it counts as the user's own. */
const HOLDS_OWN_ROLES = `EXISTS (
  SELECT 1 FROM json_each(users.roles, '$.roles') WHERE json_extract(value, '$.assignmentType') IS NOT 'GROUP')`;
const KNOWN_COLUMNS = [
  'id, fields, read_at, listed_at, finished_at',
  ...ASKED_COLUMNS,
  'CASE WHEN groups_gap IS NULL AND groups_asked_at IS NOT NULL THEN groups_way END AS known_groups_way',
  'factors_due',
  `${IS_NO_HOLDER} AS is_no_holder`,
  `${HOLDS_OWN_ROLES} AS holds_own_roles`,
].join(', ');

/** Stores an answer. Where there is none, the statements for gaps leave the last known answer alone. */
function answerSql(name: JsonLookup): string {
  return `UPDATE users SET ${name} = ?1, ${name}_read_at = ?2, ${name}_asked_at = ?3, ${name}_gap = NULL${notDue(name, '?3')} WHERE id = ?4`;
}

function gapSql(name: UserLookup): string {
  return `UPDATE users SET ${name}_gap = ?1, ${name}_asked_at = ?2${notDue(name, '?2')} WHERE id = ?3`;
}

/** Factors that a change of groups had made due are asked for now, unless it came after they were asked for. */
function notDue(name: UserLookup, askedAt: string): string {
  return name === 'factors' ? `, factors_due = CASE WHEN factors_due > ${askedAt} THEN factors_due END` : '';
}

/** The user store's SQL, prepared once. */
export function userStatements(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    ...answerStatements(statement),
    ...questionStatements(statement),
    ...gapStatements(statement),
    ...recordStatements(statement),
    ...membershipStatements(statement),
    startListing: statement('DELETE FROM listed'),
    noteListed: statement('INSERT OR IGNORE INTO listed VALUES (?)'),
    setListedAt: statement('UPDATE users SET listed_at = ?, record_gap = NULL WHERE id = ?'),
    find: statement(`SELECT ${KNOWN_COLUMNS} FROM users WHERE id = ?`),
    save: statement(`
      INSERT INTO users (id, status, fields, read_at, listed_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET status = excluded.status, fields = excluded.fields, read_at = excluded.read_at,
        record_gap = NULL, needs_event = max(needs_event, ?),
        listed_at = coalesce(excluded.listed_at, listed_at)`),
    unread: statement('UPDATE users SET record_gap = ? WHERE id = ?'),
    saveListedAt: statement(
      'UPDATE users SET listed_at = coalesce(?, listed_at), record_gap = NULL WHERE id = ?',
    ),
    unfinishMembers: statement(`
      UPDATE users SET finished_at = NULL
      WHERE listed_at = ? AND finished_at IS NOT NULL AND groups_way = 'by-membership'`),
    finish: statement('UPDATE users SET finished_at = ? WHERE id = ?'),
    // A user's own list names groups without sizes. The row is written only when something has changed.
    nameGroup: statement(`
      INSERT INTO groups (id, name, description, type, listed_at, created) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name, description = excluded.description, type = excluded.type
      WHERE name IS NOT excluded.name OR description IS NOT excluded.description OR type IS NOT excluded.type`),
    // A user whose lookups were never complete has no event to make anew.
    needingEvent: statement(`
      SELECT id FROM users WHERE needs_event = 1 AND evaluated_run IS NOT NULL AND ${IS_NOT_HELD_BACK}
      LIMIT ?`),
    unfinished: statement(`
      SELECT ${KNOWN_COLUMNS} FROM users WHERE listed_at = ? AND finished_at IS NOT listed_at AND id > ?
      ORDER BY id LIMIT ?`),
    spared: statement(
      'SELECT id FROM users WHERE roles IS NULL AND roles_gap IS NULL AND roles_asked_at IS NOT NULL',
    ),
    // An earlier attempt of the run may have listed users who are gone by now. Only the last listing is complete.
    unlisted: statement(`
      SELECT id FROM users WHERE (listed_at IS NULL OR listed_at < :listedAt) AND status IS NOT 'DEPROVISIONED'
      UNION ALL SELECT id FROM users WHERE listed_at >= :listedAt AND status IS NOT 'DEPROVISIONED'
        AND NOT EXISTS (SELECT 1 FROM listed WHERE user_id = users.id)`),
    count: statement('SELECT count(*) AS users FROM users'),
    countDeactivated: statement("SELECT count(*) AS users FROM users WHERE status = 'DEPROVISIONED'"),
    forgetUser: statement('DELETE FROM users WHERE id = ?'),
    forgetDelivered: statement("DELETE FROM delivered WHERE sink = ? AND kind = 'user' AND id = ?"),
  };
}

type Prepare = (sql: string) => StatementSync;

function answerStatements(statement: Prepare) {
  return {
    saveAnswer: byName(JSON_LOOKUPS, (lookup) => statement(answerSql(lookup))),
    saveGroups: statement(
      'UPDATE users SET groups_way = ?, groups_read_at = ?, groups_asked_at = ?, groups_gap = NULL WHERE id = ?',
    ),
    saveGap: byName(USER_LOOKUPS, (lookup) => statement(gapSql(lookup))),
  };
}

function membershipStatements(statement: Prepare) {
  return {
    leaveAll: statement('DELETE FROM memberships WHERE user_id = ?'),
    leaveOthers: statement(
      'DELETE FROM memberships WHERE user_id = ? AND group_id NOT IN (SELECT value FROM json_each(?))',
    ),
    join: statement('INSERT OR IGNORE INTO memberships VALUES (?, ?)'),
  };
}

function recordStatements(statement: Prepare) {
  return {
    keepListed: statement(`
      UPDATE users SET status = :status, fields = :fields, read_at = :readAt, record_gap = NULL,
        needs_event = max(needs_event, :isOther), finished_at = CASE WHEN :isOther = 0 THEN finished_at END
      WHERE id = :id`),
    forgetAsked: statement(
      `UPDATE users SET ${ASKED_COLUMNS.map((column) => `${column} = NULL`).join(', ')} WHERE id = ?`,
    ),
  };
}

/** Conditions: the last known answer came by one call about this user. */
const WITH_ANSWER: Readonly<Record<UserLookup, string>> = {
  ...byName(PER_USER_LOOKUPS, (lookup) => `${lookup} IS NOT NULL`),
  groups: "groups_way = 'own-list'",
  roles: "json_extract(roles, '$.includesGroups')",
};

/**
 * Users for whom the last attempt got no answer: first those that an event lacks. Where Okta was unavailable, there is
 * a mark instead.
 */
function gapStatements(statement: Prepare) {
  const of = (lookup: UserLookup) => ({
    unanswered: statement(`
      SELECT id FROM users
      WHERE ${lookup}_gap IS NOT NULL AND ${lookup}_gap <> 'unavailable' AND ${lookup}_asked_at < ?
      ORDER BY json_extract(gaps, '$.${lookup}') IS NULL, ${lookup}_asked_at, id LIMIT ?`),
    answered: statement(`
      SELECT id FROM users WHERE ${lookup}_gap IS NULL AND ${WITH_ANSWER[lookup]}
      ORDER BY ${lookup}_asked_at LIMIT 1`),
    gap: statement(`SELECT id FROM users WHERE id = ? AND ${lookup}_gap IS NOT NULL`),
  });
  return { gaps: byName(USER_LOOKUPS, of) };
}

/** Answers that verification asks for again. A lookup that failed counts, too, where only a call a user can answer it. */
export const IS_VERIFIED: Readonly<Record<UserLookup, string>> = {
  ...byName(PER_USER_LOOKUPS, (lookup) => `(${lookup} IS NOT NULL OR ${lookup}_gap IS NOT NULL)`),
  groups: WITH_ANSWER.groups,
  roles: WITH_ANSWER.roles,
};

/**
 * The answers of one lookup by their age. Counting walks an index that holds nothing else, so users that are held back,
 * who are few, are counted apart.
 */
function oldAnswerStatements(statement: Prepare) {
  const of = (lookup: UserLookup) => {
    const isOld = `${lookup}_asked_at < :before AND ${IS_VERIFIED[lookup]}`;
    return {
      oldest: statement(`
        SELECT id, ${lookup}_asked_at AS asked_at FROM users
        WHERE ${isOld} AND ${IS_NOT_HELD_BACK} ORDER BY ${lookup}_asked_at LIMIT :most`),
      count: statement(`SELECT count(*) AS answers FROM users WHERE ${isOld}`),
      countHeldBack: statement(`
        SELECT count(*) AS answers FROM users WHERE ${isOld} AND id IN (
          SELECT id FROM marks WHERE subject = 'user' AND reason = '${TOO_MANY_GONE}')`),
    };
  };
  return byName(USER_LOOKUPS, of);
}

/** In an order of its own, since Okta's may be another each time; none where the last attempt brought no answer. */
/** Of details and targets no event tells: a difference there is none. */
function answerTextSql(lookup: UserLookup): string {
  if (lookup === 'groups')
    return `SELECT CASE WHEN groups_gap IS NULL THEN (
      SELECT json_group_array(group_id) FROM (
        SELECT group_id FROM memberships WHERE user_id = users.id ORDER BY group_id)
    ) END AS answer FROM users WHERE id = ?`;
  const list = lookup === 'roles' ? "users.roles, '$.roles'" : `users.${lookup}`;
  return `SELECT CASE WHEN ${lookup} IS NOT NULL AND ${lookup}_gap IS NULL THEN (
      SELECT json_group_array(told) FROM (
        SELECT json_remove(value, '$.details', '$.targets') AS told FROM json_each(${list}) ORDER BY told)
    ) END AS answer FROM users WHERE id = ?`;
}

/** Users who are asked again, and why. */
function questionStatements(statement: Prepare) {
  return {
    customRoleHolders: statement(`
      SELECT id FROM users
      WHERE json_array_length(roles, '$.roles') > 0
        AND EXISTS (SELECT 1 FROM json_each(users.roles, '$.roles') WHERE json_extract(value, '$.type') = 'CUSTOM')`),
    rolesDependOnGroups: statement(`SELECT id FROM users WHERE id = ? AND ${DEPENDS_ON_GROUPS}`),
    roleGroupsOf: statement(`
      SELECT group_id AS id FROM memberships JOIN groups ON groups.id = group_id
      WHERE user_id = ? AND (roles IS NULL OR roles <> '[]') ORDER BY group_id`),
    oldAnswers: oldAnswerStatements(statement),
    answers: byName(USER_LOOKUPS, (lookup) => statement(answerTextSql(lookup))),
    wasAskedForGroups: statement('SELECT id FROM users WHERE id = ? AND groups_asked_at IS NOT NULL'),
    makeFactorsDue: statement(
      'UPDATE users SET factors_due = ? WHERE id = ? AND factors_due IS NULL AND factors_asked_at IS NOT NULL',
    ),
    factorsDue: statement(`
      SELECT id FROM users WHERE factors_due IS NOT NULL AND ${IS_NOT_HELD_BACK} ORDER BY factors_due LIMIT ?`),
    // By the minute, so that the groups stay few.
    countFactorsDue: statement(`
      SELECT factors_due / 60000 * 60000 AS since, count(*) AS users FROM users
      WHERE factors_due IS NOT NULL AND factors_asked_at >= ? AND ${IS_NOT_HELD_BACK}
      GROUP BY since ORDER BY since`),
    // Everyone stands in users' own lists only, and is no news where these take the place of lists of members.
    groupsOf: statement(`
      SELECT group_id AS id FROM memberships
      WHERE user_id = ?
        AND group_id NOT IN (SELECT id FROM groups WHERE type = 'BUILT_IN' AND name = 'Everyone')
      ORDER BY group_id`),
    roleHolders: statement("SELECT id FROM users WHERE json_array_length(roles, '$.roles') > 0"),
  };
}
