import { describe, expect, test } from 'vitest';
import { aUser, known } from '../../enrich/facets.fixture.ts';
import type { Mark } from '../../ports/inventory.ts';
import {
  aReading,
  createScene,
  meddle,
  pageOf,
  pages,
  saveMembers,
  sized,
  type Scene,
} from './inventory.fixture.ts';

const FACTORS: Mark = { subject: 'user', id: 'u1', question: 'factors', reason: 'changed' };
const MEMBERS: Mark = { subject: 'group', id: '00g1', question: 'members', reason: 'changed' };
const JOINED: Mark = { ...MEMBERS, member: 'u1' };
const user = aUser({ id: 'u1' });

const marksIn = async ({ marks }: Scene): Promise<Mark[]> => (await marks.list()).map(({ mark }) => mark);

describe('inventory, mark store: marks', () => {
  test('and the cursor that brought them are kept together', async () => {
    const scene = createScene();
    const log = { next: 'one', readAt: 1 };
    await scene.marks.add([FACTORS], { log });

    meddle(scene, "CREATE TRIGGER full BEFORE INSERT ON run_state BEGIN SELECT raise(ABORT, 'no room'); END");
    const moved = { log: { next: 'two', readAt: 2 } };
    await expect(scene.marks.add([JOINED], moved)).rejects.toMatchObject({ code: 'inventory' });

    expect(await marksIn(scene)).toEqual([FACTORS]);
    expect(await scene.runs.state()).toMatchObject({ log });
  });

  test('are settled by many answers in one unit of work', async () => {
    const scene = createScene();
    await scene.marks.add([FACTORS, MEMBERS]);
    const marksUpTo = await scene.marks.version();

    meddle(
      scene,
      "CREATE TRIGGER full BEFORE DELETE ON marks WHEN OLD.subject = 'group' BEGIN SELECT raise(ABORT, 'no room'); END",
    );
    const settling = scene.marks.answered([
      { subject: 'user', id: 'u1', questions: 'all', marksUpTo },
      { subject: 'group', id: '00g1', questions: 'all', marksUpTo },
    ]);

    await expect(settling).rejects.toMatchObject({ code: 'inventory' });
    expect(await marksIn(scene)).toEqual([FACTORS, MEMBERS]);
  });
});

describe('inventory, mark store: an answer and the marks that it settles are kept together', () => {
  test.each<[string, Mark, (scene: Scene, marksUpTo: number) => Promise<unknown>]>([
    [
      'a reading',
      FACTORS,
      ({ users }, marksUpTo) => users.save(aReading({ user, factors: known([]), marksUpTo })),
    ],
    [
      'roles of a group',
      { ...MEMBERS, question: 'roles' },
      ({ groups }, marksUpTo) => groups.saveRoles('00g1', known([]), 1, marksUpTo),
    ],
    [
      'members of a group',
      MEMBERS,
      (scene, marksUpTo) => saveMembers(scene, '00g1', pages(['u1']), { marksUpTo }),
    ],
    ['a user who is gone', FACTORS, ({ users }) => users.remove('u1')],
    ['a group that is gone', MEMBERS, ({ groups }) => groups.remove('00g1', 1)],
  ])('%s', async (_, mark, keep) => {
    const scene = createScene();
    await scene.groups.save(pageOf(sized('00g1')), undefined);
    await scene.users.save(aReading({ user }));
    await scene.marks.add([mark]);
    const tables = ['users', 'groups', 'memberships', 'outbox', 'marks'];
    const everything = (): unknown => tables.map((table) => scene.query(`SELECT * FROM ${table}`));
    const before = everything();

    meddle(scene, "CREATE TRIGGER full BEFORE DELETE ON marks BEGIN SELECT raise(ABORT, 'no room'); END");
    await expect(keep(scene, await scene.marks.version())).rejects.toMatchObject({ code: 'inventory' });

    expect(everything()).toEqual(before);
  });
});
