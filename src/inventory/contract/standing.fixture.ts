/** The contract of what stands: gaps and dead letters, whichever run met them. */
import { describe, expect, test } from 'vitest';
import { aFactor, aUser, known, unknown } from '../../enrich/facets.fixture.ts';
import { ASSETS } from '../../ports/assets.ts';
import { LOOKUPS, type GapReason, type Lookup } from '../../ports/org.ts';
import {
  type CreateScene,
  NOW,
  type SceneOptions,
  aReading,
  listed,
  pageOf,
  sized,
  unreadable,
} from './scene.fixture.ts';

export function standingContract(createScene: CreateScene): void {
  const ALL: ReadonlySet<Lookup> = new Set(LOOKUPS);
  const NOTHING = { gaps: {}, deadLetters: 0 };

  /** Says of a user only what stayed unknown. */
  const makeEvent: NonNullable<SceneOptions['makeEvent']> = ({ user: { id }, ...facets }) => ({
    kind: 'event',
    body: '{}',
    hash: id,
    hashWithoutSignIn: id,
    gaps: new Map(
      (['groups', 'factors', 'roles'] as const).flatMap((lookup): [Lookup, GapReason][] => {
        const facet = facets[lookup];
        return facet.kind === 'unknown' ? [[lookup, facet.reason]] : [];
      }),
    ),
  });

  describe('gaps that stand', () => {
    test('are those of the newest event of each user, whichever run made it', async () => {
      const first = createScene({ makeEvent });
      for (const id of ['u1', 'u2'])
        await first.users.save(
          aReading({ user: aUser({ id }), factors: unknown(), roles: unknown('missing') }),
        );
      const { users, standing } = first.reopen({ runId: 'run 2' });

      await users.save(aReading({ user: aUser({ id: 'u1' }), factors: known([aFactor()]) }));

      expect(await users.gaps()).toEqual({ roles: { missing: 1 } });
      expect(await standing(ALL)).toEqual({
        gaps: { factors: { refused: 1 }, roles: { missing: 2 } },
        deadLetters: 0,
      });
    });

    test('are none where a last known answer stands in, and none of a lookup that is switched off', async () => {
      const { users, groups, standing } = createScene({ makeEvent });
      await users.save(aReading({ user: aUser({ id: 'u1' }), factors: known([aFactor()]) }));
      await users.save(aReading({ user: aUser({ id: 'u1' }), factors: unknown(), roles: unknown() }));
      await groups.saveRoles('00g1', known([]), 1, 0);
      await groups.saveRoles('00g1', unknown(), 2, 0);
      await groups.saveRoles('00g2', unknown(), 2, 0);

      expect((await standing(ALL)).gaps).toEqual({ roles: { refused: 1 }, 'group-roles': { refused: 1 } });
      expect(await standing(new Set<Lookup>(['groups', 'factors']))).toEqual(NOTHING);
    });

    test('count a group once its last known roles have grown too old, and not once it is empty', async () => {
      const { groups, standing } = createScene({ isStillGood: (readAt, askedAt) => askedAt - readAt < 10 });
      await groups.saveRoles('00g1', known([], 1000), 1000, 0);
      await groups.saveRoles('00g1', unknown('unavailable'), 1005, 0);
      const young = await standing(ALL);
      await groups.saveRoles('00g1', unknown('unavailable'), 1020, 0);
      const old = await standing(ALL);
      await groups.save(pageOf(sized('00g1', { usersCount: 0 })), 3000);

      expect([young.gaps, old.gaps]).toEqual([{}, { 'group-roles': { unavailable: 1 } }]);
      expect(await standing(ALL)).toEqual(NOTHING);
    });

    test('leave with the user', async () => {
      const { users, standing } = createScene({ makeEvent });
      await users.save(aReading({ user: aUser({ id: 'u1' }), factors: unknown() }));
      await users.remove('u1');

      expect(await standing(ALL)).toEqual(NOTHING);
    });
  });

  test('gaps that stand: those of assets count while the asset is wanted, and so does a mark that got no answer', async () => {
    const { assets, marks, standing } = createScene();
    await assets.noteGap({ kind: 'device' }, 'missing', NOW);
    await assets.noteGap({ kind: 'device-users', owner: 'guo1' }, 'unreadable', NOW);
    await assets.noteGap({ kind: 'app-groups', owner: '0oa1' }, 'refused', NOW);
    await marks.add([
      { subject: 'app', id: '0oa1', question: 'users', member: '00u1', reason: 'unavailable' },
      { subject: 'app', id: '0oa1', question: 'users', member: '00u2', reason: 'unavailable' },
      { subject: 'app', id: '0oa2', question: 'record', reason: 'changed' },
    ]);

    expect((await standing(ALL)).gaps).toEqual({
      devices: { unreadable: 1 },
      'app-groups': { refused: 1 },
      'app-users': { unavailable: 1 },
    });
    expect((await standing(ALL, ['apps'])).gaps).toEqual({ 'app-groups': { refused: 1 } });
    expect((await standing(ALL, [])).gaps).toEqual({});
  });

  describe('dead letters that stand', () => {
    test('leave when the intake takes an event of the user, and are told beside a writer', async () => {
      const scene = createScene();
      await scene.save('u1');
      await scene.refuse();
      const reader = scene.reader();
      const refused = await reader.standing(ALL, new Set(ASSETS), () => true);
      await scene.save('u1', 'B');
      await scene.deliver();

      expect(refused).toEqual({ gaps: {}, deadLetters: 1 });
      expect(await reader.standing(ALL, new Set(ASSETS), () => true)).toEqual(NOTHING);
    });

    test('of records that no listing shows any more leave with it, and no others', async () => {
      const { users, standing, save, refuse } = createScene();
      for (const record of [unreadable(undefined), unreadable('mended'), unreadable('broken')])
        await users.saveUnreadable(record);
      await save('kept', 'unmappable');
      await save('gone');
      await users.remove('gone');
      await refuse('the last event');
      await users.startListing();
      await users.note([unreadable('broken'), listed({ id: 'other' })], 1);

      await users.forgetUnlistedLetters(NOW);
      const sinceThen = await standing(ALL);
      await users.forgetUnlistedLetters(NOW + 1);

      expect(sinceThen.deadLetters).toBe(5);
      expect((await standing(ALL)).deadLetters).toBe(3);
    });
  });
}
