import { describe, expect, test } from 'vitest';
import { aFactor, aGroup, aUser, known, READ_AT, unknown } from '../enrich/facets.fixture.ts';
import type { ListedUser } from '../ports.ts';
import { aReading, createFolder, createScene } from './inventory.fixture.ts';

const NATIVE = aGroup({ id: '00g1', name: 'Platform', type: 'OKTA_GROUP' }).group;

const listedUser = (id: string): ListedUser => ({ kind: 'user', user: aUser({ id }), readAt: READ_AT });

async function* pages(...given: readonly (readonly string[])[]): AsyncGenerator<readonly string[]> {
  yield* given;
}

async function* broken(...given: readonly (readonly string[])[]): AsyncGenerator<readonly string[]> {
  yield* given;
  throw new Error('half-way');
}

describe('users', () => {
  test('are listed once a run, however often they come', async () => {
    const { inventory } = createScene();
    const nameless: ListedUser = { kind: 'unreadable', id: undefined, reason: 'no id' };

    expect(await inventory.noteListed([listedUser('u1'), listedUser('u2'), listedUser('u1')])).toHaveLength(
      2,
    );
    expect(await inventory.noteListed([listedUser('u2'), listedUser('u3')])).toMatchObject([
      { user: { id: 'u3' } },
    ]);
    expect(await inventory.noteListed([nameless, nameless])).toHaveLength(2);

    await inventory.startRun();
    expect(await inventory.noteListed([listedUser('u1')])).toHaveLength(1);
  });

  test('are kept as last read; a lookup that failed does not take away what was known', async () => {
    const { inventory, query } = createScene();
    const user = aUser({ id: 'u1', displayName: 'Old' });
    const factors = known([aFactor()], READ_AT);
    await inventory.saveReading(aReading({ user, factors }));

    const renamed = { ...user, displayName: 'New' };
    await inventory.saveReading(
      aReading({ user: renamed, readAt: READ_AT + 9, factors: unknown('unavailable') }),
    );

    const sql = "SELECT fields ->> 'displayName' AS name, read_at, factors, factors_read_at FROM users";
    expect(query(sql)).toEqual([
      {
        name: 'New',
        read_at: READ_AT + 9,
        factors: JSON.stringify(factors.value),
        factors_read_at: READ_AT,
      },
    ]);
  });

  test('who map to no event are dead letters until they do', async () => {
    const { save, query } = createScene();

    expect([await save('u1', 'unmappable'), await save('u1', 'unmappable')]).toEqual([
      'dead-lettered',
      'dead-lettered',
    ]);
    expect(query('SELECT subject, refused_by, reasons, times FROM dead_letters')).toEqual([
      { subject: 'u1', refused_by: 'mapping', reasons: '["no such name"]', times: 2 },
    ]);

    expect(await save('u1', 'A')).toBe('emitted');
    expect(query('SELECT * FROM dead_letters')).toEqual([]);
  });

  test('of whom nothing can be read are dead letters, those without an id by what is wrong', async () => {
    const { inventory, query } = createScene();
    const reason = 'profile missing';

    for (const id of ['u1', 'u1', undefined, undefined])
      await inventory.saveUnreadable({ kind: 'unreadable', id, reason });

    expect(query('SELECT subject, times FROM dead_letters ORDER BY subject')).toEqual([
      { subject: 'u1', times: 2 },
      { subject: expect.stringMatching(/^without-id:[0-9a-f]{12}$/), times: 2 },
    ]);
  });
});

test('refused lookups and the time of the last re-send are remembered', async () => {
  const folder = createFolder();
  const first = createScene({ folder });
  expect(await first.inventory.resentAt()).toBeUndefined();
  await first.inventory.saveRefusedLookups(new Set(['roles', 'factors']));
  await first.inventory.saveRefusedLookups(new Set(['factors']));
  await first.inventory.saveResentAt(7);
  first.close();

  const { inventory } = createScene({ folder });

  expect(await inventory.refusedLookups()).toEqual(new Set(['factors']));
  expect(await inventory.resentAt()).toBe(7);
});

describe('one method is one unit of work', () => {
  test('what fails at its end leaves nothing behind', async () => {
    const makeEvent = (): never => {
      throw new Error('no event');
    };
    const { inventory, query, outbox } = createScene({ makeEvent });

    await expect(inventory.saveReading(aReading({ groups: known([NATIVE]) }))).rejects.toMatchObject({
      code: 'inventory',
      message: expect.stringContaining('no event'),
    });

    for (const table of ['users', 'groups', 'memberships', 'outbox', 'dead_letters'])
      expect(query(`SELECT * FROM ${table}`)).toEqual([]);
    expect(await outbox.pending()).toBe(0);
  });

  test('many at once do not collide, nor does one that fails touch the others', async () => {
    const scene = createScene();
    const { inventory, outbox, save } = scene;
    await inventory.saveGroups({
      groups: [{ ...NATIVE, usersCount: 1, adminFlag: undefined }],
      isWhole: true,
      readAt: READ_AT,
    });

    const work = Array.from({ length: 200 }, (_, index) => [
      save(`u${index}`, 'A'),
      inventory.saveMembers('00g1', pages([`u${index}`])).catch(() => undefined),
      inventory.saveMembers(`00gX${index}`, broken(['u1'])).catch(() => undefined),
      outbox.take({ count: 3, bytes: 100_000 }),
      inventory.noteListed([listedUser(`u${index}`)]),
    ]);
    await Promise.all(work.flat());

    expect(await outbox.pending()).toBe(200);
    expect(scene.query('SELECT count(*) AS users FROM users')).toEqual([{ users: 200 }]);
    expect(scene.query('SELECT count(*) AS listed FROM listed')).toEqual([{ listed: 200 }]);
  });
});
