import { expect, onTestFinished, test } from 'vitest';
import { aRule } from '../../src/alerts/alert.fixture.ts';
import { knowledgeQuestions } from '../../src/alerts/knowledge.ts';
import { openReadOnly } from '../../src/inventory/sqlite/open-read-only.ts';
import { createViews } from '../../src/inventory/sqlite/views/views.ts';
import { plantOrg } from '../questions/planted-org.fixture.ts';

type Ask = (sql: string | undefined, uids?: readonly string[]) => readonly string[];

async function askerOfPlanted(): Promise<Ask> {
  const { folder } = await plantOrg();
  const database = openReadOnly(folder);
  onTestFinished(() => database.close());
  createViews(database, 604_800_000);
  return (sql = '', uids = []) => {
    const statement = database.prepare(sql);
    const rows = uids.length === 0 ? statement.all() : statement.all({ uids: JSON.stringify(uids) });
    return rows.map(({ uid }) => String(uid)).toSorted();
  };
}

const USERS = ['admin-with-mfa', 'admin-factors-unknown', 'gone'];

test('alerts, knowledge: unknown answers of one user say nothing about another, those of a group may concern all, and nobody who is gone', async () => {
  const ask = await askerOfPlanted();
  const unknownOf = (...needs: readonly string[]): readonly string[] =>
    ask(knowledgeQuestions(aRule({ needs: new Set(needs) })).unknownSubjects, USERS);

  expect(unknownOf()).toEqual([]);
  expect(unknownOf('factors')).toEqual(['admin-factors-unknown']);
  expect(unknownOf('factors', 'group-roles')).toEqual(['admin-factors-unknown', 'admin-with-mfa']);
});

test('alerts, knowledge: only ids of the subject count as its ids; where it is not told, anything unknown counts', async () => {
  const ask = await askerOfPlanted();
  const untold = (...needs: readonly string[]) =>
    knowledgeQuestions(aRule({ subject: undefined, needs: new Set(needs) }));

  expect(ask(knowledgeQuestions(aRule()).subjects, [...USERS, 'payers'])).toEqual([
    'admin-factors-unknown',
    'admin-with-mfa',
  ]);
  expect(untold('factors').unknownSubjects).toBeUndefined();
  expect(ask(untold('factors').anythingUnknown)).toHaveLength(1);
  expect(ask(untold("it's no lookup").anythingUnknown)).toEqual([]);
});
