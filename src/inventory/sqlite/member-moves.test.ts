import { expect, onTestFinished, test } from 'vitest';
import { aUser } from '../../enrich/facets.fixture.ts';
import { EVERYONE, pageOf, sized } from '../contract/scene.fixture.ts';
import { createScene, meddle, type Scene } from './inventory.fixture.ts';

const MANY = 5000;

/** A group of many members, all known and with an event. */
async function createHugeGroup(): Promise<Scene> {
  const scene = createScene();
  await scene.groups.save(pageOf(sized('00g1'), EVERYONE), 1);
  meddle(
    scene,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
     INSERT INTO users (id, fields, read_at, evaluated_run)
     SELECT printf('u%06d', i), json_set('${JSON.stringify(aUser())}', '$.id', printf('u%06d', i)), 1, 'run 0' FROM n;
     INSERT INTO memberships SELECT id, '00g1' FROM users`,
  );
  return scene;
}

const marked = (scene: Scene): number => scene.query('SELECT id FROM users WHERE needs_event = 1').length;

const CHANGES: readonly [string, (scene: Scene) => Promise<unknown>][] = [
  ['a rename', ({ groups }) => groups.save(pageOf(sized('00g1', { name: 'Renamed' })), undefined)],
  ['a setting that moves all events', ({ users }) => users.needEvents({ resendSince: 1 })],
];

test.each(CHANGES)('inventory, member moves: %s marks a slice of the users at a time', async (_, change) => {
  const scene = await createHugeGroup();

  await change(scene);
  expect(marked(scene)).toBe(500);
  await scene.users.evaluate(500);
  expect(marked(scene)).toBe(0);
  await scene.users.evaluate(100);

  expect(marked(scene)).toBe(400);
});

test.each(CHANGES)(
  'inventory, member moves: %s reaches each user once, whatever stops it in between',
  async (_, change) => {
    const scene = await createHugeGroup();
    await change(scene);
    const made = [...(await scene.users.evaluate(1900)), ...(await scene.users.evaluate(900))];
    const { users } = scene.reopen();

    for (let saved = await users.evaluate(900); saved.length > 0; saved = await users.evaluate(900))
      made.push(...saved);

    expect(made).toHaveLength(MANY);
    expect(new Set(made.map(({ asset }) => asset.id)).size).toBe(MANY);
  },
);

test('inventory, member moves: users who have no event yet do not end the search for those who have one', async () => {
  const scene = await createHugeGroup();
  meddle(scene, `UPDATE users SET evaluated_run = NULL WHERE id < 'u004991'`);
  await scene.users.needEvents();

  expect(await scene.evaluated()).toHaveLength(10);
});

test('inventory, member moves: members who leave with their group get a new event', async () => {
  const scene = await createHugeGroup();
  await scene.groups.save(pageOf(sized('00g1', { name: 'Renamed' })), undefined);
  await scene.groups.remove('00g1', 1);

  expect(marked(scene)).toBe(MANY);
});

test('inventory, member moves: others have their turn between the slices', async () => {
  const scene = await createHugeGroup();
  meddle(scene, `UPDATE users SET evaluated_run = NULL`);
  await scene.users.needEvents();
  let turns = 0;
  let next = setImmediate(function turn() {
    turns += 1;
    next = setImmediate(turn);
  });
  onTestFinished(() => clearImmediate(next));

  expect(await scene.users.evaluate(100)).toEqual([]);

  expect(turns).toBeGreaterThanOrEqual(2);
});
