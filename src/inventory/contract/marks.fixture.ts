/** The contract of the marks: what sets them, and which answers settle which. */
import { describe, expect, test } from 'vitest';
import { aFactor, aUser, held, known, notAsked, unknown } from '../../enrich/facets.fixture.ts';
import type { Mark } from '../../ports/inventory.ts';
import {
  type CreateScene,
  type Scene,
  aReading,
  listed,
  pageOf,
  pages,
  saveMembers,
  sized,
} from './scene.fixture.ts';

export function marksContract(createScene: CreateScene): void {
  const FACTORS: Mark = {
    subject: 'user',
    id: 'u1',
    question: 'factors',
    reason: 'changed',
    from: 'user.mfa.factor.activate',
  };
  const RECORD: Mark = { ...FACTORS, question: 'record' };
  const MEMBERS: Mark = {
    subject: 'group',
    id: '00g1',
    question: 'members',
    reason: 'changed',
    from: 'import',
  };
  const JOINED: Mark = { ...MEMBERS, reason: 'changed', from: 'group.user_membership.add', member: 'u1' };
  const HOLDERS: Mark = {
    subject: 'org',
    id: 'org',
    question: 'role-holders',
    reason: 'changed',
    from: 'iam.role.update',
  };
  const user = aUser({ id: 'u1' });

  const marksIn = async ({ marks }: Scene): Promise<Mark[]> => (await marks.list()).map(({ mark }) => mark);

  describe('marks', () => {
    test('of users, groups, their members and the org outlive a restart, oldest first', async () => {
      const first = createScene();
      await first.marks.add([HOLDERS, JOINED, FACTORS]);
      await first.marks.add([MEMBERS]);
      const version = await first.marks.version();

      const scene = first.reopen();

      expect(await marksIn(scene)).toEqual([HOLDERS, JOINED, FACTORS, MEMBERS]);
      expect((await scene.marks.ofGroup('00g1')).map(({ mark }) => mark)).toEqual([JOINED, MEMBERS]);
      expect(await scene.marks.version()).toBe(version);
    });

    test('for the same question are one, with the newest reason and version', async () => {
      const scene = createScene();
      await scene.marks.add([FACTORS]);
      const before = await scene.marks.version();
      await scene.marks.add([{ ...FACTORS, reason: 'changed', from: 'user.mfa.factor.reset_all' }]);

      expect(await marksIn(scene)).toEqual([
        { ...FACTORS, reason: 'changed', from: 'user.mfa.factor.reset_all' },
      ]);
      expect(await scene.marks.version()).toBeGreaterThan(before);
    });

    test('are settled by answers, but not those that were renewed after they were asked for', async () => {
      const scene = createScene();
      await scene.marks.add([FACTORS, JOINED, MEMBERS, HOLDERS]);
      const marksUpTo = await scene.marks.version();
      await scene.marks.add([JOINED]);

      await scene.marks.answered([
        { subject: 'user', id: 'u1', questions: ['factors', 'roles'], marksUpTo },
        { subject: 'group', id: '00g1', questions: 'all', marksUpTo },
        { subject: 'org', id: 'org', questions: 'all', marksUpTo },
      ]);

      expect(await marksIn(scene)).toEqual([JOINED]);
    });

    test('of others, and for other questions, stay', async () => {
      const scene = createScene();
      const others: readonly Mark[] = [
        { ...FACTORS, id: 'u2' },
        { ...FACTORS, question: 'roles' },
        { ...MEMBERS, id: 'u1' },
      ];
      await scene.marks.add([...others, FACTORS]);
      const marksUpTo = await scene.marks.version();

      await scene.marks.answered([{ subject: 'user', id: 'u1', questions: ['factors'], marksUpTo }]);

      expect(await marksIn(scene)).toEqual(others);
    });
  });

  describe("a user's mark", () => {
    test('leaves with the answer', async () => {
      const scene = createScene();
      await scene.marks.add([FACTORS, { ...FACTORS, question: 'roles' }]);

      const marksUpTo = await scene.marks.version();
      await scene.users.save(aReading({ user, factors: known([aFactor()]), marksUpTo }));

      expect(await marksIn(scene)).toEqual([{ ...FACTORS, question: 'roles' }]);
    });

    test.each([
      ['refused', unknown('refused')],
      ['not asked any more', notAsked],
    ])('leaves when the question is %s', async (_, roles) => {
      const scene = createScene();
      await scene.marks.add([{ ...FACTORS, question: 'roles' }]);

      await scene.users.save(aReading({ user, roles, marksUpTo: await scene.marks.version() }));

      expect(await marksIn(scene)).toEqual([]);
    });

    test('that was renewed while its lookup was in flight stays', async () => {
      const scene = createScene();
      await scene.marks.add([FACTORS]);
      const marksUpTo = await scene.marks.version();
      await scene.marks.add([FACTORS]);

      await scene.users.save(aReading({ user, factors: known([]), marksUpTo }));

      expect(await marksIn(scene)).toEqual([FACTORS]);
    });

    test.each([
      ['groups', { groups: unknown('unavailable') }],
      ['factors', { factors: unknown('unavailable') }],
      ['roles', { roles: unknown('unavailable') }],
    ] as const)('is left by %s that were unavailable, not by refused ones', async (question, answers) => {
      const scene = createScene();

      await scene.users.save(aReading({ user, ...answers, marksUpTo: await scene.marks.version() }));

      expect(await marksIn(scene)).toEqual([{ subject: 'user', id: 'u1', question, reason: 'unavailable' }]);
    });

    test('for all answers leaves with all of them', async () => {
      const scene = createScene();
      const questions = ['groups', 'factors', 'roles'] as const;
      await scene.marks.add(questions.map((question) => ({ ...FACTORS, question })));

      const answers = { groups: known([]), factors: known([]), roles: held([], true) };
      await scene.users.save(aReading({ user, ...answers, marksUpTo: await scene.marks.version() }));

      expect(await marksIn(scene)).toEqual([]);
    });

    test('for the record leaves with a record that was asked for by itself', async () => {
      const scene = createScene();
      await scene.users.save(aReading({ user }));
      await scene.marks.add([RECORD]);
      const marksUpTo = await scene.marks.version();

      const { readAt } = listed({});
      await scene.users.save(aReading({ user, readAt: readAt + 1, marksUpTo }));

      expect(await marksIn(scene)).toEqual([]);
    });

    test.each([
      ['the record that was known', { readAt: aReading().readAt }],
      [
        'a page of a full run, which may be older than the mark',
        { listedAt: 5, readAt: aReading().readAt + 1 },
      ],
    ])('for the record does not leave with %s', async (_, reading) => {
      const scene = createScene();
      await scene.users.save(aReading({ user }));
      await scene.marks.add([RECORD]);

      await scene.users.save(aReading({ user, ...reading, marksUpTo: await scene.marks.version() }));

      expect(await marksIn(scene)).toEqual([RECORD]);
    });

    test('goes with the user', async () => {
      const scene = createScene();
      await scene.save('u1');
      await scene.marks.add([FACTORS, JOINED]);

      await scene.users.remove('u1');

      expect(await marksIn(scene)).toEqual([JOINED]);
    });
  });

  describe("a group's mark", () => {
    test('for its members leaves with the whole list, whoever it was for', async () => {
      const scene = createScene();
      await scene.groups.save(pageOf(sized('00g1')), undefined);
      await scene.marks.add([MEMBERS, JOINED, { ...MEMBERS, question: 'roles' }]);
      const marksUpTo = await scene.marks.version();
      await scene.marks.add([{ ...JOINED, member: 'u2' }]);

      await saveMembers(scene, '00g1', pages(['u1']), { marksUpTo });

      expect(await marksIn(scene)).toEqual([
        { ...MEMBERS, question: 'roles' },
        { ...JOINED, member: 'u2' },
      ]);
    });

    test('for its roles leaves with the answer, and comes back when they are unavailable', async () => {
      const scene = createScene();
      const roles: Mark = { ...MEMBERS, question: 'roles' };
      await scene.marks.add([roles]);

      await scene.groups.saveRoles('00g1', unknown('refused'), 1, await scene.marks.version());
      expect(await marksIn(scene)).toEqual([]);
      await scene.groups.saveRoles('00g1', unknown('unavailable'), 1, await scene.marks.version());

      expect(await marksIn(scene)).toEqual([
        { subject: 'group', id: '00g1', question: 'roles', reason: 'unavailable' },
      ]);
    });

    test('goes with the group', async () => {
      const scene = createScene();
      await scene.groups.save(pageOf(sized('00g1')), undefined);
      await scene.marks.add([MEMBERS, JOINED, FACTORS]);

      await scene.groups.remove('00g1', 1);

      expect(await marksIn(scene)).toEqual([FACTORS]);
    });
  });
}
