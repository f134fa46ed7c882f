/** The contract of old answers: which are asked for again, in which order, and how many there are. */
import { describe, expect, test } from 'vitest';
import { aFactor, aUser, known, READ_AT, unknown } from '../../enrich/facets.fixture.ts';
import { TOO_MANY_GONE, type Reading } from '../../ports/inventory.ts';
import type { UserLookup } from '../../ports/org.ts';
import { aReading, type CreateScene, type Scene } from './scene.fixture.ts';

const LATER = READ_AT + 1000;
const AHEAD = READ_AT + 400 * 86_400_000;

/** The oldest answers as texts; there must be as many as are counted. */
async function oldest({ users }: Scene, before = LATER, lookup?: UserLookup): Promise<string[]> {
  const found = await users.oldestAnswers(before, 1000, lookup);
  expect(await users.countAnswers(before, lookup)).toBe(found.length);
  return found.map((answer) => `${answer.userId} ${answer.lookup}`);
}

export function oldAnswersContract(createScene: CreateScene): void {
  const save = (scene: Scene, id: string, answers: Partial<Reading>) =>
    scene.users.save(aReading({ user: aUser({ id }), ...answers }));

  describe('old answers', () => {
    test('are those that a call about one user brought, or failed to bring, the oldest first', async () => {
      const scene = createScene();
      const factors = known([aFactor()]);
      await save(scene, 'u1', { factors, groups: known([]), askedAt: READ_AT + 3 });
      await save(scene, 'u2', {
        factors: unknown(),
        groups: unknown(),
        roles: unknown(),
        askedAt: READ_AT + 1,
      });
      await save(scene, 'u3', {
        factors: known([]),
        groups: 'by-membership',
        roles: known({ roles: [], includesGroups: true }),
        askedAt: READ_AT + 2,
      });
      await save(scene, 'u4', { roles: known({ roles: [], includesGroups: false }), askedAt: READ_AT });

      expect(await oldest(scene)).toEqual([
        'u2 factors',
        'u3 factors',
        'u3 roles',
        'u1 groups',
        'u1 factors',
      ]);
      expect(await oldest(scene, READ_AT + 2)).toEqual(['u2 factors']);
      expect(await oldest(scene, LATER, 'roles')).toEqual(['u3 roles']);
      expect(await scene.users.oldestAnswers(LATER, 2)).toEqual([
        { userId: 'u2', lookup: 'factors' },
        { userId: 'u3', lookup: 'factors' },
      ]);
    });

    test('are none where nothing was asked, since the user cannot have any or the lookup is off', async () => {
      const scene = createScene();
      await save(scene, 'u1', {});
      await save(scene, 'u2', { factors: { kind: 'not-asked' }, groups: { kind: 'not-asked' } });

      expect(await oldest(scene)).toEqual([]);
    });

    test('are none of users who are held back, since Okta has no answer about them', async () => {
      const scene = createScene();
      for (const id of ['u1', 'u2']) await save(scene, id, { factors: known([]), groups: known([]) });
      const held = { subject: 'user', id: 'u1', reason: TOO_MANY_GONE } as const;
      await scene.marks.add([
        { ...held, question: 'presence' },
        { ...held, question: 'record' },
      ]);

      expect(await oldest(scene)).toEqual(['u2 groups', 'u2 factors']);
    });

    test('were asked before a run that begins now, also by a clock that was ahead', async () => {
      const scene = createScene();
      const inherited = known({ roles: [], includesGroups: true });
      await save(scene, 'u1', { factors: known([]), groups: unknown(), roles: inherited, askedAt: AHEAD });
      await save(scene, 'u2', { factors: unknown(), groups: known([]), roles: unknown(), askedAt: AHEAD });
      await save(scene, 'u3', { factors: known([]) });
      expect(await oldest(scene)).toEqual(['u3 factors']);

      await scene.bringBack(LATER);

      expect(await oldest(scene)).toEqual(
        expect.arrayContaining(['u1 factors', 'u1 roles', 'u2 factors', 'u2 groups', 'u3 factors']),
      );
      const all = (at: number) => ({ factors: at, groups: at, roles: at });
      expect((await scene.users.find('u1'))?.askedAt).toEqual(all(LATER - 1));
      expect((await scene.users.find('u2'))?.askedAt).toEqual(all(LATER - 1));
      expect((await scene.users.find('u3'))?.askedAt).toEqual({ factors: READ_AT });
    });

    test('of a clock that was ahead do not stand in for longer than others', async () => {
      const scene = createScene({ isStillGood: (readAt, askedAt) => askedAt - readAt < 1000 });
      await save(scene, 'u1', { factors: known([], AHEAD), askedAt: AHEAD });
      await scene.bringBack(LATER);

      await save(scene, 'u1', { factors: unknown(), askedAt: LATER + 1000 });

      expect(scene.facets.at(-1)?.factors).toEqual(unknown());
    });
  });
}
