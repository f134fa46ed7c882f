/** The contract of the groups: their records, members and roles. */
import { describe, expect, test } from 'vitest';
import { aRole, aUser, held, known, notAsked, READ_AT, unknown } from '../../enrich/facets.fixture.ts';
import type { GroupStore, KnownRoles, Mark } from '../../ports/inventory.ts';
import type { Role } from '../../ports/org.ts';
import {
  type CreateScene,
  EVERYONE,
  type Scene,
  aReading,
  broken,
  pageOf,
  pages,
  saveMembers,
  sized,
} from './scene.fixture.ts';

export function groupsContract(createScene: CreateScene): void {
  const NATIVE = sized('00g1', { name: 'Platform' });
  const OTHER = sized('00g2', { name: 'Other' });
  const STAMP = READ_AT - 5000;

  /** The groups of a user in the inventory, when they are known by membership. */
  async function groupsOf({ users, facets }: Scene, id: string) {
    await users.save(aReading({ user: aUser({ id }), groups: 'by-membership' }));
    const groups = facets.at(-1)?.groups;
    if (groups?.kind !== 'known') throw new Error('groups are not known');
    return groups.value;
  }

  const idsOf = async (scene: Scene, id: string): Promise<string[]> =>
    (await groupsOf(scene, id)).map(({ group }) => group.id);

  const plain = ({ id, name, description, type }: typeof NATIVE) => ({ id, name, description, type });

  describe('groups', () => {
    test('were asked and listed before a run that begins now, also by a clock that was ahead', async () => {
      const scene = createScene();
      const { groups, bringBack } = scene;
      const ahead = READ_AT + 400 * 86_400_000;
      await groups.save(pageOf(NATIVE), ahead);
      await groups.save(pageOf(OTHER), READ_AT - 5);
      await groups.saveRoles(NATIVE.id, known([], ahead), ahead, 0);
      await saveMembers(scene, NATIVE.id, pages([]), { readAt: ahead });
      await saveMembers(scene, OTHER.id, pages([]), { readAt: READ_AT - 5 });

      await bringBack(READ_AT);

      const last = READ_AT - 1;
      expect(await groups.find(NATIVE.id)).toMatchObject({ membersReadAt: last, rolesAskedAt: last });
      expect(await groups.find(OTHER.id)).toMatchObject({ membersReadAt: READ_AT - 5 });
      expect((await groups.unlisted(READ_AT)).toSorted()).toEqual([NATIVE.id, OTHER.id]);
      expect(await groups.unlisted(last)).toEqual([OTHER.id]);
    });

    test('come back beside what is known of them', async () => {
      const { groups } = createScene();
      const group = { ...NATIVE, membersChangedAt: '2026-07-01' };

      expect(await groups.save(pageOf(group), STAMP)).toEqual([
        {
          group,
          isKnown: false,
          membersReadAt: undefined,
          roles: 'unknown',
          rolesAskedAt: undefined,
          hasMovedMembers: true,
        },
      ]);
      await groups.noteMembersRead('00g1', '2026-07-01');
      await groups.saveRoles('00g1', known([]), 6, 0);

      const known1 = { isKnown: true, membersReadAt: undefined, roles: 'none', rolesAskedAt: 6 } as const;
      expect(await groups.save(pageOf(group), STAMP)).toEqual([{ group, ...known1, hasMovedMembers: false }]);
      const moved = { ...group, membersChangedAt: '2026-07-02' };
      expect(await groups.save(pageOf(moved), STAMP)).toEqual([
        { group: moved, ...known1, hasMovedMembers: true },
      ]);
      expect(await groups.find('00g1')).toMatchObject({ ...known1, group: { usersCount: 1 } });
      expect(await groups.find('00g9')).toBeUndefined();
    });

    test('of which all members gave their own lists have not moved any more', async () => {
      const { groups } = createScene();
      const group = { ...NATIVE, membersChangedAt: '2026-07-01' };
      const since = { ...OTHER, membersChangedAt: '2026-07-01' };
      await groups.save(pageOf(group, since), STAMP);
      await groups.save(pageOf(since), undefined);

      await groups.noteAllMembersRead(STAMP);

      expect(await groups.save(pageOf(group, since), undefined)).toMatchObject([
        { hasMovedMembers: false },
        { hasMovedMembers: false },
      ]);
    });

    test('that a late index shows as they were before have not moved, nor are they emptied', async () => {
      const scene = createScene();
      const { groups } = scene;
      await groups.save(pageOf({ ...NATIVE, membersChangedAt: '2026-07-02' }), STAMP);
      await saveMembers(scene, '00g1', pages(['u1']), { changedAt: '2026-07-02' });

      const before = { ...NATIVE, membersChangedAt: '2026-07-01', usersCount: 0 };
      expect(await groups.save(pageOf(before), undefined)).toMatchObject([{ hasMovedMembers: false }]);

      expect(await idsOf(scene, 'u1')).toEqual(['00g1']);
    });

    test('whose size alone says that nobody is in them are not emptied, but asked for their members', async () => {
      const scene = createScene();
      const { groups, marks } = scene;
      const joined = { ...NATIVE, membersChangedAt: '2026-07-02' };
      await groups.save(pageOf(joined), STAMP);
      await saveMembers(scene, '00g1', pages(['u1']), { changedAt: '2026-07-02' });

      await groups.save(pageOf({ ...joined, usersCount: 0 }), STAMP);

      expect(await idsOf(scene, 'u1')).toEqual(['00g1']);
      const mark: Mark = { subject: 'group', id: '00g1', question: 'members', reason: 'size' };
      expect((await marks.list()).map((each) => each.mark)).toEqual([mark]);
    });

    test('that have members by their size, but had none at the same stamp, are asked for them', async () => {
      const { groups, marks } = createScene();
      const joined = { ...NATIVE, membersChangedAt: '2026-07-02' };
      await groups.save(pageOf({ ...joined, usersCount: 0 }), STAMP);

      await groups.save(pageOf(joined), STAMP);

      expect((await marks.list()).map(({ mark }) => `${mark.id} ${mark.question}`)).toEqual(['00g1 members']);
    });

    test('that a full run has not seen are found, but not those that came up while it went on', async () => {
      const { groups, users } = createScene();
      await groups.save({ ...pageOf(sized('old'), sized('kept')), readAt: STAMP - 9 }, undefined);
      await groups.save(pageOf(sized('kept')), STAMP);

      await groups.save({ ...pageOf(sized('polled')), readAt: STAMP + 9 }, undefined);
      await users.save(aReading({ groups: known([plain(sized('named'))], STAMP + 9) }));

      expect(await groups.unlisted(STAMP)).toEqual(['old']);
    });

    test('that hold roles, or of which that is not known, are found', async () => {
      const { groups } = createScene();
      await groups.save(pageOf(...['a', 'b', 'c', 'd'].map((id) => sized(id))), STAMP);
      await groups.saveRoles('a', known([aRole()]), 1, 0);
      await groups.saveRoles('b', unknown('refused'), 1, 0);
      await groups.saveNoRoles(['c'], 1);

      expect((await groups.roleHolders('any')).toSorted()).toEqual(['a', 'b']);
    });

    test('that are known to hold roles name their members, but not who is deactivated or not known', async () => {
      const scene = createScene();
      const { users, groups } = scene;
      const roles = { a: known([aRole()]), b: unknown('refused'), c: known([]) };
      await groups.save(pageOf(...Object.keys(roles).map((id) => sized(id))), STAMP);
      for (const [id, answer] of Object.entries(roles)) await groups.saveRoles(id, answer, 1, 0);
      await users.save(aReading({ user: aUser({ id: 'u1' }) }));
      await users.save(aReading({ user: aUser({ id: 'u2', status: 'DEPROVISIONED' }) }));
      for (const id of Object.keys(roles)) await saveMembers(scene, id, pages(['u1', 'u2', 'stranger']));

      const found: (readonly string[])[] = [];
      for await (const members of groups.membersWithRoles()) found.push(members);
      expect(found).toEqual([['u1']]);
    });

    test.each<[string, readonly Role[], boolean | undefined, boolean]>([
      ['none by an answer are asked again once the flag says some', [], true, true],
      ['none by an answer are not where the flag says none', [], false, false],
      ['some are asked again once the flag says none', [aRole()], false, true],
      ['some are not where the flag says some', [aRole()], true, false],
      ['none are not where there is no flag', [], undefined, false],
    ])('that hold %s', async (_, roles, adminFlag, isAsked) => {
      const scene = createScene();
      await scene.groups.saveRoles('00g1', known(roles), 1, 0);

      await scene.groups.save(pageOf({ ...NATIVE, adminFlag }), STAMP);

      const mark: Mark = { subject: 'group', id: '00g1', question: 'roles', reason: 'admin-flag' };
      expect((await scene.marks.list()).map((each) => each.mark)).toEqual(isAsked ? [mark] : []);
    });

    test.each<[string, Parameters<GroupStore['saveRoles']>[1], number, number, KnownRoles, boolean]>([
      ['late, and differs: it changes nothing', known([aRole()]), 5, 20, 'none', true],
      ['late, and is the same: it changes nothing', known([]), 5, 20, 'none', false],
      ['late, and failed: it changes nothing', unknown('refused'), 5, 20, 'none', true],
      ['newer', known([aRole()]), 11, 20, 'some', false],
      ['newer, since the stamp of the stored one lies ahead', known([aRole()]), 5, 9, 'some', false],
    ])('whose roles have an answer that is %s', async (_, answer, askedAt, now, roles, isAsked) => {
      const scene = createScene();
      const { groups, marks } = scene;
      await groups.saveRoles('00g1', known([]), 10, 0);

      expect(await groups.saveRoles('00g1', answer, askedAt, await marks.version(), now)).toBe('known');

      const rolesAskedAt = roles === 'none' ? 10 : askedAt;
      expect(await groups.find('00g1')).toMatchObject({ roles, rolesAskedAt });
      const mark: Mark = { subject: 'group', id: '00g1', question: 'roles', reason: 'group-roles' };
      expect((await marks.list()).map((each) => each.mark)).toEqual(isAsked ? [mark] : []);
    });

    test('of which a newer answer is missing keep that gap when an older answer comes late', async () => {
      const { groups, marks } = createScene({ isStillGood: () => false });
      await groups.saveRoles('00g1', unknown('unavailable'), 10, 0);

      expect(await groups.saveRoles('00g1', known([aRole()]), 5, 0, 20)).toBe('unknown');

      expect(await groups.find('00g1')).toMatchObject({ roles: 'unknown', rolesAskedAt: 10 });
      expect(await marks.list()).toMatchObject([{ mark: { id: '00g1', question: 'roles' } }]);
    });

    test('are not asked because of a flag that comes before any answer', async () => {
      const { groups, marks } = createScene();

      await groups.save(pageOf({ ...NATIVE, adminFlag: true }), STAMP);
      await groups.saveRoles('00g1', unknown('refused'), 1, 0);
      await groups.save(pageOf({ ...NATIVE, adminFlag: false }), STAMP);

      expect(await marks.list()).toEqual([]);
    });
  });

  describe("a change of a group's roles", () => {
    const [FIRST, SECOND] = [aRole({ id: 'r1' }), aRole({ id: 'r2' })];

    async function createMembers(members: readonly string[]): Promise<Scene> {
      const scene = createScene();
      const { users, groups } = scene;
      await groups.save(pageOf(EVERYONE, NATIVE), STAMP);
      await users.save(aReading({ user: aUser({ id: 'merged' }), roles: held([], true) }));
      await users.save(aReading({ user: aUser({ id: 'spared' }), roles: 'spared' }));
      await users.save(aReading({ user: aUser({ id: 'direct' }), roles: held([]) }));
      await users.save(aReading({ user: aUser({ id: 'failed' }), roles: unknown('refused') }));
      await users.save(aReading({ user: aUser({ id: 'other' }), roles: 'spared' }));
      await saveMembers(scene, '00g1', pages(members));
      for (const id of ['00g1', '00gEVERY']) await groups.saveRoles(id, known([FIRST, SECOND]), 1, 0);
      await settleUsers(scene);
      return scene;
    }

    async function settleUsers({ marks }: Scene): Promise<void> {
      const marksUpTo = await marks.version();
      const ids = (await marks.list()).map(({ mark }) => mark.id);
      await marks.answered(ids.map((id) => ({ subject: 'user', id, questions: 'all', marksUpTo })));
    }

    const markedIn = async ({ marks }: Scene): Promise<string[]> =>
      (await marks.list()).map(({ mark }) => `${mark.id} ${mark.question} ${mark.reason}`).toSorted();

    test.each<[string, (groups: Scene['groups']) => Promise<unknown>]>([
      ['by an answer', (groups) => groups.saveRoles('00g1', known([FIRST]), 2, 0)],
      ['by a flag', (groups) => groups.saveNoRoles(['00g1'], 2)],
      [
        'that comes after a failure',
        async (groups) => {
          await groups.saveRoles('00g1', unknown('refused'), 2, 0);
          await groups.saveRoles('00g1', known([]), 3, 0);
        },
      ],
    ])('%s asks again the members whose own roles depend on them', async (_, change) => {
      const scene = await createMembers(['merged', 'spared', 'direct', 'failed']);

      await change(scene.groups);

      expect(await markedIn(scene)).toEqual(['merged roles group-roles', 'spared roles group-roles']);
    });

    test('that was not learnt before the group is removed asks again whose own answer has roles of a group', async () => {
      const scene = createScene();
      const { users, groups } = scene;
      await groups.save(pageOf(NATIVE), STAMP);
      await groups.saveNoRoles(['00g1'], STAMP);
      const roles = {
        through: [aRole({ assignmentType: 'GROUP' })],
        own: [aRole({ assignmentType: 'USER' })],
      };
      for (const [id, list] of Object.entries(roles))
        await users.save(aReading({ user: aUser({ id }), roles: held(list, true) }));
      await saveMembers(scene, '00g1', pages(Object.keys(roles)));
      await settleUsers(scene);

      await groups.remove('00g1', 1);

      expect(await markedIn(scene)).toEqual(['through roles membership']);
    });

    test('stays when a flag from before says that there are none', async () => {
      const scene = await createMembers(['merged']);
      await scene.groups.saveRoles('00g1', known([FIRST]), 5, 0);

      await scene.groups.saveNoRoles(['00g1'], 4);

      expect(await scene.groups.find('00g1')).toMatchObject({ roles: 'some', rolesAskedAt: 5 });
    });

    test('asks nobody where only their order is another, or nothing was learnt', async () => {
      const scene = await createMembers(['merged', 'spared']);

      await scene.groups.saveRoles('00g1', known([SECOND, FIRST]), 2, 0);
      await scene.groups.saveRoles('00g1', unknown('refused'), 3, 0);

      expect(await markedIn(scene)).toEqual([]);
    });

    test('concerns all users where the group is Everyone', async () => {
      const scene = await createMembers([]);

      await scene.groups.saveRoles('00gEVERY', known([FIRST]), 2, 0);

      expect(await markedIn(scene)).toEqual(
        ['merged', 'other', 'spared'].map((id) => `${id} roles group-roles`),
      );
    });
  });

  describe('members of a group', () => {
    async function createGroups(): Promise<Scene> {
      const scene = createScene();
      await scene.groups.save(pageOf(NATIVE, OTHER), STAMP);
      return scene;
    }

    test('are taken over when all pages came', async () => {
      const scene = await createGroups();

      await saveMembers(scene, '00g1', pages(['u1', 'u2'], [], ['u3', 'u1']), { changedAt: 'then' });

      expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u3'), await idsOf(scene, 'u4')]).toEqual([
        ['00g1'],
        ['00g1'],
        [],
      ]);
      expect(await scene.groups.find('00g1')).toMatchObject({
        membersReadAt: READ_AT,
        group: { membersChangedAt: 'then' },
      });
    });

    test('of a listing that fails half-way are not: what was known stays', async () => {
      const scene = await createGroups();
      await saveMembers(scene, '00g1', pages(['u1']));

      await expect(saveMembers(scene, '00g1', broken(['u2'], ['u3']))).rejects.toThrow('half-way');

      expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u2')]).toEqual([['00g1'], []]);
    });

    test('who left the group are not in it any more', async () => {
      const scene = await createGroups();
      await saveMembers(scene, '00g1', pages(['u1', 'u2']));

      await saveMembers(scene, '00g1', pages(['u2']));

      expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u2')]).toEqual([[], ['00g1']]);
    });

    test('of several groups at once do not mix', async () => {
      const scene = await createGroups();

      await Promise.all([
        saveMembers(scene, '00g1', pages(['u1'], ['u2'])),
        saveMembers(scene, '00g2', pages(['u2'], ['u3'])),
      ]);

      expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u2'), await idsOf(scene, 'u3')]).toEqual([
        ['00g1'],
        ['00g1', '00g2'],
        ['00g2'],
      ]);
    });

    test('read twice at once are those of a whole list, never parts of two', async () => {
      const scene = await createGroups();
      await saveMembers(scene, '00g1', pages(['u1'], ['u2'], ['u3']));
      await scene.save('u1');

      await Promise.all([
        saveMembers(scene, '00g1', pages(['u1'], ['u2'], ['u3'])),
        saveMembers(scene, '00g1', broken(['u1'])).catch(() => undefined),
      ]);

      expect(await idsOf(scene, 'u1')).toEqual(['00g1']);
      expect(await idsOf(scene, 'u3')).toEqual(['00g1']);
    });

    async function* whileRead(during: () => Promise<unknown>, ...members: readonly (readonly string[])[]) {
      for (const [at, page] of members.entries()) {
        if (at > 0) await during();
        yield page;
      }
    }

    const ownList = (
      scene: Scene,
      askedAt: number,
      ...groups: readonly (typeof NATIVE)[]
    ): Promise<unknown> =>
      scene.users.save(
        aReading({ user: aUser({ id: 'u1' }), askedAt, groups: known(groups.map(plain), askedAt) }),
      );

    const groupsSaid = ({ facets }: Scene) => {
      const groups = facets.at(-1)?.groups;
      return groups?.kind === 'known' ? groups.value.map(({ group }) => group.id) : groups;
    };

    test.each<[string, string[], (typeof NATIVE)[], number, string[]]>([
      ['joined since the list began', [], [NATIVE], READ_AT, ['00g1']],
      ['left since the list began', ['u1'], [], READ_AT, []],
      ['had not joined before it began', ['u1'], [], READ_AT - 1, ['00g1']],
      ['had not left before it began', [], [NATIVE], READ_AT - 1, []],
      ['left by a clock that was ahead', [], [NATIVE], READ_AT + 60_001, []],
    ])('who %s by their own list', async (_, first, own, askedAt, expected) => {
      const scene = await createGroups();
      await ownList(scene, READ_AT - 10, ...(first.length === 0 ? [] : [NATIVE]));

      const read = whileRead(() => ownList(scene, askedAt, ...own), [...first, 'u2'], ['u3']);
      await saveMembers(scene, '00g1', read);

      await scene.users.needEvents();
      await scene.users.evaluate(10);
      expect(groupsSaid(scene)).toEqual(expected);
      expect(await idsOf(scene, 'u3')).toEqual(['00g1']);
    });

    test('whose own list failed since the list began are those of the list', async () => {
      const scene = await createGroups();
      await ownList(scene, READ_AT - 10, NATIVE);
      const failed = aReading({
        user: aUser({ id: 'u1' }),
        askedAt: READ_AT + 1,
        groups: unknown('refused'),
      });

      await saveMembers(
        scene,
        '00g1',
        whileRead(() => scene.users.save(failed), ['u2'], ['u3']),
      );

      expect(await idsOf(scene, 'u1')).toEqual([]);
    });

    test('by their own list stay so, without an event, until a list that began later', async () => {
      const scene = await createGroups();
      await saveMembers(
        scene,
        '00g1',
        whileRead(() => ownList(scene, READ_AT + 1), ['u1'], ['u2']),
      );
      expect(await scene.evaluated()).toEqual([]);

      await saveMembers(scene, '00g1', pages(['u1']), { readAt: READ_AT + 2 });

      expect(await scene.evaluated()).toEqual(['u1']);
    });

    test.each<[string, (scene: Scene) => Promise<unknown>, string[]]>([
      [
        'began later and ended before',
        (scene) => saveMembers(scene, '00g1', pages(['u1']), { readAt: READ_AT + 1, changedAt: 'then' }),
        ['00g1'],
      ],
      [
        'showed the group empty',
        ({ groups }) =>
          groups.save(
            { ...pageOf({ ...NATIVE, usersCount: 0, membersChangedAt: 'then' }), readAt: READ_AT + 1 },
            undefined,
          ),
        [],
      ],
    ])('are not those of a list where another %s', async (_, other, expected) => {
      const scene = await createGroups();

      await saveMembers(
        scene,
        '00g1',
        whileRead(() => other(scene), ['u2'], ['u3']),
      );

      expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u2')]).toEqual([expected, []]);
      expect(await scene.groups.find('00g1')).toMatchObject({ group: { membersChangedAt: 'then' } });
    });

    test('of a list that another has overtaken leave marks for the next reading', async () => {
      const scene = await createGroups();
      const empty = { ...NATIVE, usersCount: 0, membersChangedAt: 'then' };
      const emptied = () => scene.groups.save({ ...pageOf(empty), readAt: READ_AT + 1 }, undefined);
      await scene.marks.add([{ subject: 'group', id: '00g1', question: 'members', reason: 'changed' }]);
      const marksUpTo = await scene.marks.version();

      await saveMembers(scene, '00g1', whileRead(emptied, ['u1'], ['u2']), { marksUpTo });

      expect(await scene.marks.list()).toHaveLength(1);
    });

    test('are those of a list after one by a clock that was ahead', async () => {
      const scene = await createGroups();
      await saveMembers(scene, '00g1', pages(['u1']), { readAt: READ_AT + 60_001 });

      await saveMembers(scene, '00g1', pages(['u2']));

      expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u2')]).toEqual([[], ['00g1']]);
    });

    test('of a group that is known to be empty are none, without a reading', async () => {
      const scene = await createGroups();
      await saveMembers(scene, '00g1', pages(['u1']));

      await scene.groups.save(pageOf({ ...NATIVE, usersCount: 0, membersChangedAt: 'now' }), STAMP);

      expect(await idsOf(scene, 'u1')).toEqual([]);
      expect(await scene.groups.find('00g1')).toMatchObject({
        membersReadAt: READ_AT,
        group: { membersChangedAt: 'now' },
      });
    });
  });

  describe("a user's groups", () => {
    test('are those of the own list, in place of what was known', async () => {
      const { users, facets } = createScene();
      const user = aUser({ id: 'u1' });
      await users.save(aReading({ user, groups: known([plain(NATIVE), plain(OTHER)]) }));
      await users.save(aReading({ user, groups: known([plain(OTHER)], READ_AT + 1) }));

      expect(facets.at(-1)?.groups).toEqual({
        kind: 'known',
        readAt: READ_AT + 1,
        value: [{ group: plain(OTHER), roles: notAsked }],
      });
    });

    test('include Everyone without its members being read, and name it once', async () => {
      const scene = createScene();
      await scene.groups.save(pageOf(EVERYONE, NATIVE), STAMP);
      await saveMembers(scene, '00g1', pages(['u1']));
      await saveMembers(scene, '00gEVERY', pages(['u1']));

      expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u2')]).toEqual([
        ['00g1', '00gEVERY'],
        ['00gEVERY'],
      ]);
    });

    test.each([
      ['of the same name', { ...EVERYONE, type: 'OKTA_GROUP' }],
      ['of the same kind', { ...EVERYONE, name: 'Okta Administrators' }],
    ])('do not include another group %s', async (_, group) => {
      const scene = createScene();
      await scene.groups.save(pageOf(group), STAMP);

      expect(await idsOf(scene, 'u1')).toEqual([]);
    });

    test('of an own list without Everyone are without it', async () => {
      const { users, groups, facets } = createScene();
      await groups.save(pageOf(EVERYONE), STAMP);

      await users.save(aReading({ groups: known([]) }));

      expect(facets.at(-1)?.groups).toMatchObject({ value: [] });
    });
  });

  describe('roles of a group', () => {
    async function rolesAfter(scene: Scene) {
      await saveMembers(scene, '00g1', pages(['u1']));
      return (await groupsOf(scene, 'u1'))[0]?.roles;
    }

    test.each([true, false, undefined])('are not asked until somebody asks; flag %s', async (adminFlag) => {
      const scene = createScene();
      await scene.groups.save(pageOf({ ...NATIVE, adminFlag }), STAMP);

      expect(await rolesAfter(scene)).toEqual(notAsked);
    });

    test('are none when it is known without a lookup', async () => {
      const scene = createScene();
      await scene.groups.saveRoles('00g1', unknown('unavailable'), 1, 0);
      await scene.groups.saveNoRoles(['00g1'], READ_AT);

      expect(await rolesAfter(scene)).toEqual(known([]));
    });

    test('are what Okta said, and when', async () => {
      const scene = createScene();
      await scene.groups.save(pageOf(NATIVE), STAMP);
      await scene.groups.saveRoles('00g1', known([aRole({ label: undefined })], READ_AT + 5), 1, 0);

      expect(await rolesAfter(scene)).toEqual(known([aRole({ label: undefined })], READ_AT + 5));
    });

    test('are the last known ones after a lookup that failed, as long as they are good', async () => {
      const isStillGood = (readAt: number, askedAt: number): boolean => askedAt - readAt <= 100;
      const scene = createScene({ isStillGood });
      await scene.groups.save(pageOf(NATIVE), STAMP);
      await scene.groups.saveRoles('00g1', known([aRole()]), READ_AT, 0);
      expect(await scene.groups.saveRoles('00g1', unknown('unavailable'), READ_AT + 100, 0)).toBe('known');

      expect(await rolesAfter(scene)).toEqual({ ...known([aRole()]), isStale: true });
      expect(await scene.groups.saveRoles('00g1', unknown('unavailable'), READ_AT + 101, 0)).toBe('unknown');
      expect(await rolesAfter(scene)).toEqual(unknown('unavailable'));
      await scene.groups.saveRoles('00g1', known([]), READ_AT + 102, 0);
      expect(await rolesAfter(scene)).toEqual(known([]));
    });

    test('are kept of a group that is named only later', async () => {
      const { users, groups, facets } = createScene();
      await groups.saveRoles('00g1', known([aRole()]), READ_AT, 0);

      await users.save(aReading({ groups: known([plain(NATIVE)]) }));

      expect(facets.at(-1)?.groups).toMatchObject({
        value: [{ group: plain(NATIVE), roles: known([aRole()]) }],
      });
    });
  });
}
