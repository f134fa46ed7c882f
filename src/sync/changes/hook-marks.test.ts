import { expect, test } from 'vitest';
import { aReading, createScene, sized, pageOf } from '../../inventory/sqlite/inventory.fixture.ts';
import { aUser } from '../../enrich/facets.fixture.ts';
import type { Mark } from '../../ports/inventory.ts';
import { isListingCheaper, takeHookMarks } from './hook-marks.ts';

const NOW = 90_000;

function record(id: string): Mark {
  return { subject: 'user', id, question: 'record', reason: 'changed', from: 'user.account.lock' };
}

/** An inventory that knows 00u1 and the group 00g1 of 1,500 members, and hooks with these marks. */
async function withWaiting(...waiting: readonly Mark[]) {
  const inventory = createScene();
  await inventory.users.save(aReading({ user: aUser({ id: '00u1' }) }));
  await inventory.groups.save(pageOf(sized('00g1', { usersCount: 1500 })), undefined);
  const done: unknown[] = [];
  let left = waiting;
  const hooks = {
    inbox: {
      waiting: async (most: number) => ({ marks: left.slice(0, most), upTo: Math.min(most, left.length) }),
      remove: async (upTo: number) => void (left = left.slice(upTo)),
      taken: async (at: number, areAllKept: boolean) => void done.push([at, areAllKept]),
      isSettled: async () => false,
      noteLogged: async () => undefined,
    },
    taken: () => undefined,
    unread: new Set<string>(),
    needPoll: () => void done.push('poll'),
  };
  const run = {
    inventory,
    hooks,
    settings: { lookups: new Set(['factors'] as const), policyRecheckMs: 1000 },
  };
  await takeHookMarks(run, NOW);
  const marks = (await inventory.marks.list()).map(({ mark }) => mark);
  return { inventory, done, marks };
}

test('sync, hook marks: marks move to the inventory; a policy makes factors due, as an entry of the log does', async () => {
  const factors: Mark = { subject: 'org', id: 'org', question: 'factors', reason: 'changed' };
  const { inventory, marks, done } = await withWaiting(record('00u1'), record('00u2'), factors);

  expect(marks).toEqual([record('00u1'), record('00u2')]);
  expect((await inventory.runs.state()).factorsDue?.rounds).toHaveLength(1);
  expect(done).toEqual([[NOW, true]]);
});

test('sync, hook marks: of many unknown names 20 are asked for; the log has to tell of the others', async () => {
  const strangers = Array.from({ length: 600 }, (_, at) => record(`00x${at}`));
  const { marks, done } = await withWaiting(...strangers, record('00u1'));

  expect(marks).toHaveLength(21);
  expect(marks.at(-1)).toEqual(record('00u1'));
  expect(done).toEqual([[NOW, false], 'poll']);
});

test('sync, hook marks: marks that come faster than they are moved hold nothing up', async () => {
  const many = Array.from({ length: 12_000 }, () => record('00u1'));
  const { marks, done } = await withWaiting(...many);

  expect(marks).toEqual([record('00u1')]);
  expect(done).toEqual([[NOW, false]]);
});

const moved = (member: string): Mark => ({
  subject: 'group',
  id: '00g1',
  question: 'members',
  reason: 'changed',
  member,
});

test.for<[string, readonly Mark[], boolean]>([
  ['one user', [record('00u1')], false],
  ['as many moves as a group has pages of members', [moved('00u1'), moved('00u2')], false],
  ['more moves than that', [moved('00u1'), moved('00u2'), moved('00u3')], true],
  [
    'roles of whoever holds any',
    [{ subject: 'org', id: 'org', question: 'role-holders', reason: 'changed' }],
    true,
  ],
  ['more than a page of users', Array.from({ length: 201 }, (_, at) => record(`00u${at}`)), true],
])('sync, hook marks: is asking for all that has changed cheaper? %s', async ([, marks, isCheaper]) => {
  const inventory = createScene();
  await inventory.groups.save(pageOf(sized('00g1', { usersCount: 1500 })), undefined);
  await inventory.marks.add(marks);

  expect(await isListingCheaper({ inventory })).toBe(isCheaper);
});
