/** The contract of events: of what they are made, when they are made anew, and what a run tells of them. */
import type { MakeEvent } from '../../ports/events.ts';
import { describe, expect, test } from 'vitest';
import {
  aFactor,
  aRole,
  aUser,
  held,
  known,
  notAsked,
  READ_AT,
  unknown,
} from '../../enrich/facets.fixture.ts';
import type { GapReason, Lookup, UserFacets } from '../../ports/org.ts';
import {
  type CreateScene,
  EVERYONE,
  NOW,
  type Scene,
  type SceneOptions,
  aReading,
  event,
  pageOf,
  pages,
  saveMembers,
  sized,
} from './scene.fixture.ts';

export function eventsContract(createScene: CreateScene): void {
  const STAMP = READ_AT - 5000;

  /** u1 and u2 are in 00g1, u3 is not; all are known by membership and their events are made. */
  async function createMembers(options: SceneOptions = {}): Promise<Scene> {
    const scene = createScene(options);
    await scene.groups.save(pageOf(sized('00g1'), sized('00g2'), EVERYONE), STAMP);
    await saveMembers(scene, '00g1', pages(['u1', 'u2']));
    for (const id of ['u1', 'u2', 'u3']) {
      await scene.users.save(aReading({ user: aUser({ id }), groups: 'by-membership' }));
    }
    return scene;
  }

  describe('events are made anew, once and without a reading', () => {
    const renamed = sized('00g1', { name: 'Renamed' });
    test.each<[string, (scene: Scene) => Promise<unknown>, readonly string[]]>([
      ['nothing has changed', ({ groups }) => groups.save(pageOf(sized('00g1'), EVERYONE), STAMP + 1), []],
      ['a group got a new name', ({ groups }) => groups.save(pageOf(renamed), undefined), ['u1', 'u2']],
      [
        'a group got a new description',
        ({ groups }) => groups.save(pageOf(sized('00g1', { description: 'new' })), undefined),
        ['u1', 'u2'],
      ],
      ['one came', (scene) => saveMembers(scene, '00g1', pages(['u1', 'u2', 'u3'])), ['u3']],
      ['one left and one came', (scene) => saveMembers(scene, '00g1', pages(['u1', 'u3'])), ['u2', 'u3']],
      ['nobody came or left', (scene) => saveMembers(scene, '00g1', pages(['u2'], ['u1'])), []],
      [
        'a group was emptied',
        ({ groups }) => groups.save(pageOf(sized('00g1', { usersCount: 0 })), STAMP),
        ['u1', 'u2'],
      ],
      ['a group got roles', ({ groups }) => groups.saveRoles('00g1', known([aRole()]), 1, 0), ['u1', 'u2']],
      ['a group is known to hold none', ({ groups }) => groups.saveNoRoles(['00g1'], 1), ['u1', 'u2']],
      [
        'roles of a group became unknown',
        ({ groups }) => groups.saveRoles('00g1', unknown(), 1, 0),
        ['u1', 'u2'],
      ],
      ['a group is gone', ({ groups }) => groups.remove('00g1', 1), ['u1', 'u2']],
      [
        'Everyone got a role',
        ({ groups }) => groups.saveRoles('00gEVERY', known([aRole()]), 1, 0),
        ['u1', 'u2', 'u3'],
      ],
      ['a setting changed what events say', ({ users }) => users.needEvents(), ['u1', 'u2', 'u3']],
    ])('%s', async (_, change, ids) => {
      const scene = await createMembers();

      await change(scene);

      expect(await scene.evaluated()).toEqual(ids);
      expect(await scene.evaluated()).toEqual([]);
    });

    test.each([
      ['the same roles', known([aRole()]), known([aRole()], READ_AT + 9)],
      ['unknown for the same reason', unknown('refused'), unknown('refused')],
    ] as const)('but not of members of a group whose roles are %s again', async (_, before, now) => {
      const scene = await createMembers();
      await scene.groups.saveRoles('00g1', before, 1, 0);
      await scene.evaluated();

      await scene.groups.saveRoles('00g1', now, 2, 0);

      expect(await scene.evaluated()).toEqual([]);
    });

    test('a new name that a member brought along is told of the other members too', async () => {
      const scene = await createMembers();
      const { id, name, description, type } = renamed;

      const groups = known([{ id, name, description, type }]);
      await scene.users.save(aReading({ user: aUser({ id: 'u1' }), groups }));

      expect(await scene.evaluated()).toEqual(['u2']);
    });

    test('only of users whose event was made before: others wait for their lookups', async () => {
      const scene = await createMembers();
      await scene.users.save(aReading({ user: aUser({ id: 'u4' }), isComplete: false }));
      await scene.users.needEvents();

      expect(await scene.evaluated()).toEqual(['u1', 'u2', 'u3']);
      await scene.users.save(aReading({ user: aUser({ id: 'u4' }) }));
      expect(await scene.evaluated()).toEqual([]);
    });

    test('so many at a time, until none is left', async () => {
      const { users } = await createMembers();
      await users.needEvents();

      const counts: number[] = [];
      for (let saved = await users.evaluate(2); ; saved = await users.evaluate(2)) {
        counts.push(saved.length);
        if (saved.length === 0) break;
      }

      expect(counts).toEqual([2, 1, 0]);
    });

    test('fewer at a time where each takes long, so that others have their turn', async () => {
      let now = NOW;
      const makeEvent: MakeEvent = () => {
        now += 30;
        return event('says');
      };
      const scene = await createMembers({ now: () => now, makeEvent });
      await scene.users.needEvents();

      const counts: number[] = [];
      for (;;) {
        const saved = await scene.users.evaluate(100);
        if (saved.length === 0) break;
        counts.push(saved.length);
      }

      expect(counts).toEqual([2, 1]);
    });

    test('what did not change what is said is no event', async () => {
      const { users, deliver, take } = await createMembers();
      await deliver();
      await users.needEvents();

      expect(await users.evaluate(10)).toMatchObject(
        Array.from({ length: 3 }, () => ({ outcome: 'unchanged', reasons: [] })),
      );
      expect(await take()).toEqual([]);
    });
  });

  describe('an answer that a lookup did not bring', () => {
    const isStillGood = (readAt: number, askedAt: number): boolean => askedAt - readAt <= 1000;
    const answers = {
      factors: known([aFactor()]),
      roles: held([aRole()]),
      groups: known([plainGroup('00g1')]),
    };

    function plainGroup(id: string) {
      const { name, description, type } = sized(id);
      return { id, name, description, type };
    }

    const facetsAfter = async (ageMs: number, reason: GapReason): Promise<UserFacets | undefined> => {
      const { users, facets } = createScene({ isStillGood });
      await users.save(aReading(answers));
      const lost = { factors: unknown(reason), roles: unknown(reason), groups: unknown(reason) };
      await users.save(aReading({ ...lost, askedAt: READ_AT + ageMs }));
      return facets.at(-1);
    };

    test.each(['unavailable', 'refused', 'missing', 'unreadable'] as const)(
      '%s: the last known one stands in, marked as old, as long as it is good',
      async (reason) => {
        expect(await facetsAfter(1000, reason)).toMatchObject({
          factors: { ...answers.factors, isStale: true },
          roles: { ...answers.roles, isStale: true },
          groups: { kind: 'known', readAt: READ_AT, isStale: true, value: [{ group: plainGroup('00g1') }] },
        });
      },
    );

    test('beyond that it is unknown', async () => {
      expect(await facetsAfter(1001, 'refused')).toMatchObject({
        factors: unknown('refused'),
        roles: unknown('refused'),
        groups: unknown('refused'),
      });
    });

    test('of membership too: who came and left since is known all the same', async () => {
      const scene = await createMembers();

      const lost = { groups: unknown('unavailable'), askedAt: READ_AT + 1 };
      await scene.users.save(aReading({ user: aUser({ id: 'u1' }), ...lost }));

      expect(scene.facets.at(-1)?.groups).toMatchObject({ kind: 'known', isStale: true });
      expect(scene.facets.at(-1)?.groups).toMatchObject({ value: [{}, { group: { id: '00gEVERY' } }] });
    });

    test('never given before is unknown', async () => {
      const { users, facets } = createScene();

      await users.save(aReading({ factors: unknown('missing') }));

      expect(facets.at(-1)?.factors).toEqual(unknown('missing'));
    });

    test('is no longer kept once the question is not asked any more', async () => {
      const { users, facets } = createScene();
      await users.save(aReading(answers));
      await users.save(aReading({ factors: notAsked, roles: notAsked, groups: notAsked }));
      expect(facets.at(-1)).toMatchObject({ factors: notAsked, roles: notAsked, groups: notAsked });

      await users.save(aReading({ factors: unknown(), roles: unknown(), groups: unknown() }));

      expect(facets.at(-1)).toMatchObject({ factors: unknown(), roles: unknown(), groups: unknown() });
    });

    test('counts again from the next answer', async () => {
      const { users, facets } = createScene({ isStillGood });
      await users.save(aReading(answers));
      await users.save(aReading({ factors: unknown(), askedAt: READ_AT + 5000 }));

      await users.save(aReading({ factors: known([], READ_AT + 6000), askedAt: READ_AT + 6000 }));

      expect(facets.at(-1)?.factors).toEqual(known([], READ_AT + 6000));
    });
  });

  describe('what a run reports', () => {
    const gapsOf = (...lookups: readonly Lookup[]) =>
      new Map(lookups.map((each) => [each, 'refused'] as const));
    const makeEvent: NonNullable<SceneOptions['makeEvent']> = ({ user: { id }, factors, roles }) => ({
      kind: 'event',
      body: '{}',
      hash: id,
      hashWithoutSignIn: id,
      gaps: gapsOf(
        ...(factors.kind === 'unknown' ? (['factors'] as const) : []),
        ...(roles.kind === 'unknown' ? (['roles'] as const) : []),
      ),
    });

    test('gaps, each user once for each lookup, of its own events only', async () => {
      const first = createScene({ makeEvent });
      await first.users.save(aReading({ user: aUser({ id: 'u0' }), factors: unknown() }));
      const { users } = first.reopen({ runId: 'run 2' });
      expect(await users.gaps()).toEqual({});
      for (const id of ['u1', 'u1', 'u2']) {
        await users.save(aReading({ user: aUser({ id }), factors: unknown(), roles: unknown() }));
      }
      await users.save(aReading({ user: aUser({ id: 'u3' }), factors: unknown() }));
      await users.save(
        aReading({ user: aUser({ id: 'u2' }), roles: known({ roles: [], includesGroups: false }) }),
      );

      expect(await users.gaps()).toEqual({ factors: { refused: 3 }, roles: { refused: 1 } });
    });

    test('last known answers: how many, and how old the oldest is', async () => {
      const { users, groups } = createScene({ makeEvent });
      const ages = { u1: 60, u2: 7200 };
      for (const [id, age] of Object.entries(ages)) {
        const factors = known([aFactor()], NOW - age * 1000);
        await users.save(aReading({ user: aUser({ id }), factors, roles: held([]) }));
        await users.save(aReading({ user: aUser({ id }), factors: unknown('unavailable') }));
      }
      await groups.saveRoles('00g1', known([], NOW - 5000), 1, 0);
      await groups.saveRoles('00g1', unknown('unavailable'), 2, 0);
      await groups.saveRoles('00g2', unknown('unavailable'), 2, 0);

      expect(await users.stale()).toEqual({
        factors: { count: 2, oldest_seconds: 7200 },
        'group-roles': { count: 1, oldest_seconds: 5 },
      });
      expect(await users.gaps()).toEqual({});
    });

    test('neither when there is none', async () => {
      const { users } = await createMembers();

      expect([await users.gaps(), await users.stale()]).toEqual([{}, {}]);
    });
  });

  describe('whether the roles of groups alone make a user Admin', () => {
    const decidesAdmin: NonNullable<SceneOptions['decidesAdmin']> = (groups) =>
      groups.some(({ roles }) => roles.kind === 'known' && roles.value.length > 0);

    test('is told by the groups that are known, Everyone among them', async () => {
      const { users, groups } = await createMembers({ decidesAdmin });
      await groups.saveRoles('00g1', known([aRole()]), 1, 0);

      expect([await users.isAdminByGroups('u1'), await users.isAdminByGroups('u3')]).toEqual([true, false]);
      await groups.saveRoles('00gEVERY', known([aRole()]), 1, 0);
      expect([await users.isAdminByGroups('u3'), await users.isAdminByGroups('nobody')]).toEqual([
        true,
        true,
      ]);
    });

    test("is told by the user's own list where that was just read", async () => {
      const { users, groups } = await createMembers({ decidesAdmin });
      await groups.saveRoles('00g2', known([aRole()]), 1, 0);

      expect(await users.isAdminByGroups('u1', ['00g2', 'unheard-of'])).toBe(true);
      expect(await users.isAdminByGroups('u1', ['00g1'])).toBe(false);
    });

    test('is never so where every role counts', async () => {
      const { users, groups } = await createMembers();
      await groups.saveRoles('00g1', known([aRole()]), 1, 0);

      expect(await users.isAdminByGroups('u1')).toBe(false);
    });
  });

  const FULL_RUN_AT = Date.UTC(2026, 7, 1);
  const A_DAY_MS = 86_400_000;

  describe('the day on which risk is judged', () => {
    test('is the start of the newest full run, also for users who are read or evaluated later', async () => {
      const { users, runs, facets, save } = createScene();
      await runs.saveState({ evaluatedAt: FULL_RUN_AT });

      await save('00u1');
      await users.needEvents();
      await users.evaluate(10);
      await runs.saveState({ evaluatedAt: FULL_RUN_AT + A_DAY_MS });
      await users.needEvents();
      await users.evaluate(10);

      expect(facets.map(({ user: { id }, evaluatedAt }) => [id, evaluatedAt])).toEqual([
        [aUser({ id: '00u1' }).id, FULL_RUN_AT],
        ['00u1', FULL_RUN_AT],
        ['00u1', FULL_RUN_AT + A_DAY_MS],
      ]);
    });

    test('is left open while no full run has begun', async () => {
      const { facets, save } = createScene();

      await save('00u1');

      expect(facets.map(({ evaluatedAt }) => evaluatedAt)).toEqual([undefined]);
    });
  });

  describe('the last sign-in', () => {
    /** Says name and sign-in; told apart without the sign-in by the name alone. */
    const makeEvent: MakeEvent = ({ user: { displayName, lastLogin } }) =>
      event(
        JSON.stringify({ says: `${displayName} ${lastLogin}` }),
        `${displayName} ${lastLogin}`,
        displayName,
      );

    test.each([
      ['every-difference', 'emitted'],
      ['but-sign-in', 'unchanged'],
      ['none', 'emitted'],
    ] as const)('alone, compared by %s, is %s', async (newsRule, outcome) => {
      const { users, deliver } = createScene({ makeEvent });
      const saveSignIn = (lastLogin: string) =>
        users.save(aReading({ user: aUser({ id: 'u1', lastLogin }) }), newsRule);
      await saveSignIn('monday');
      await deliver();

      expect(await saveSignIn('tuesday')).toMatchObject({ outcome });
    });

    test('is sent along when something else has changed', async () => {
      const { users, deliver, take } = createScene({ makeEvent });
      await users.save(aReading({ user: aUser({ id: 'u1', displayName: 'A', lastLogin: 'monday' }) }));
      await deliver();

      const saved = aReading({ user: aUser({ id: 'u1', displayName: 'B', lastLogin: 'tuesday' }) });
      await users.save(saved, 'but-sign-in');

      expect(await take()).toEqual(['u1 B tuesday']);
    });
  });
}
