import { describe, expect, test } from 'vitest';
import { InventoryError } from '../../ports/errors.ts';
import { aReading, createScene, listed, meddle, pageOf, sized, type Scene } from './inventory.fixture.ts';
import { known } from '../../enrich/facets.fixture.ts';

const READS: readonly [string, (scene: Scene) => Promise<unknown>][] = [
  ['a known user', ({ users }) => users.find('u1')],
  ['a user beside what is known', ({ users }) => users.compare(listed({ id: 'u1' }))],
  ['a page of users', ({ users }) => users.note([listed({ id: 'u1' })], 1)],
  ['whether groups make a user Admin', ({ users }) => users.isAdminByGroups('u1')],
  ['moved users', ({ users }) => users.evaluate(10)],
  ['unfinished users', ({ users }) => users.unfinished(1, '', 10)],
  ['unlisted users', ({ users }) => users.unlisted(2)],
  ['the number of users', ({ users }) => users.count()],
  ['role holders', ({ users }) => users.roleHolders('any')],
  ['gaps', ({ users }) => users.gaps()],
  ['stale answers', ({ users }) => users.stale()],
  ['what stands', ({ standing }) => standing(new Set())],
  ['a group', ({ groups }) => groups.find('00g1')],
  ['unlisted groups', ({ groups }) => groups.unlisted(2)],
  ['groups with roles', ({ groups }) => groups.roleHolders('any')],
  ['marks', ({ marks }) => marks.list()],
  ['marks of a group', ({ marks }) => marks.ofGroup('00g1')],
  ['where runs stand', ({ runs }) => runs.state()],
  ['refused lookups', ({ runs }) => runs.refusedLookups()],
  ['what waits', ({ outbox }) => outbox.pending()],
  ['the next batch', ({ outbox }) => outbox.take({ count: 1, bytes: 1000, envelopeBytes: 24 })],
];

describe("inventory, read errors: what SQLite says never leaves the inventory as SQLite's error", () => {
  test.each(READS)('reading %s', async (_, read) => {
    const scene = createScene({ decidesAdmin: () => true });
    scene.close();

    await expect(read(scene)).rejects.toMatchObject({
      code: 'inventory',
      message: expect.stringMatching(/^cannot (read|write to) the inventory: /),
      hint: expect.any(String),
    });
  });
});

describe('inventory, read errors: what nobody of us wrote is an inventory error that quotes nothing of it', () => {
  const SECRET = 'do not tell';
  const BROKEN: readonly [string, string, (scene: Scene) => Promise<unknown>][] = [
    [
      'a record cut off',
      // SQLite itself refuses what the index of logins cannot read.
      `DROP INDEX users_by_login; UPDATE users SET fields = '{"id":"${SECRET}'`,
      ({ users }) => users.find('u1'),
    ],
    [
      'a record of something else',
      `UPDATE users SET fields = '["${SECRET}"]'`,
      ({ users }) => users.find('u1'),
    ],
    ['factors cut off', `UPDATE users SET factors = '${SECRET}'`, ({ users }) => users.evaluate(1)],
    [
      'a gap of another reason',
      `UPDATE users SET factors_gap = '${SECRET}'`,
      ({ users }) => users.evaluate(1),
    ],
    ['a mark of another kind', `UPDATE marks SET question = '${SECRET}'`, ({ marks }) => marks.list()],
    [
      'an unknown lookup',
      `INSERT INTO refused_lookups VALUES ('${SECRET}')`,
      ({ runs }) => runs.refusedLookups(),
    ],
  ];

  test.each(BROKEN)('%s', async (_, sql, read) => {
    const scene = createScene({ isStillGood: () => false });
    await scene.groups.save(pageOf(sized('00g1')), 1);
    await scene.users.save(aReading({ user: listed({ id: 'u1' }).user, factors: known([]) }));
    await scene.users.needEvents();
    await scene.marks.add([{ subject: 'user', id: 'u1', question: 'factors', reason: 'changed' }]);
    meddle(scene, sql);

    const error: unknown = await read(scene).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

    expect(error).toBeInstanceOf(InventoryError);
    expect(
      JSON.stringify([error, String(error), String(error instanceof Error ? error.cause : '')]),
    ).not.toContain(SECRET);
  });
});
