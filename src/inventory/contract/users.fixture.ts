/** The contract of the users: what is noted, compared, kept and forgotten of each. */
import { describe, expect, test } from 'vitest';
import {
  aFactor,
  aGroup,
  aRole,
  aUser,
  held,
  known,
  notAsked,
  READ_AT,
  unknown,
} from '../../enrich/facets.fixture.ts';
import type { Noted } from '../../ports/inventory.ts';
import type { ListedUser } from '../../ports/org.ts';
import {
  type CreateScene,
  type Scene,
  aReading,
  broken,
  EVERYONE,
  listed,
  pageOf,
  pages,
  saveMembers,
  sized,
  unreadable,
} from './scene.fixture.ts';

export function usersContract(createScene: CreateScene): void {
  const NATIVE = aGroup({ id: '00g1', name: 'Platform', type: 'OKTA_GROUP' }).group;
  const STAMP = READ_AT - 5000;
  const MINUTE = 60_000;

  const idsOf = (noted: readonly Noted[]): unknown[] =>
    noted.map((each) => (each.listed.kind === 'user' ? each.listed.user.id : each.listed.id));

  describe('users of a page', () => {
    test('are listed once a run, however often they come', async () => {
      const { users } = createScene();

      expect(idsOf(await users.note([listed({ id: 'u1' }), listed({ id: 'u2' })], STAMP))).toEqual([
        'u1',
        'u2',
      ]);
      expect(idsOf(await users.note([listed({ id: 'u2' }), listed({ id: 'u3' })], STAMP))).toEqual(['u3']);
      await users.startListing();
      expect(idsOf(await users.note([listed({ id: 'u1' }), listed({ id: 'u1' })], STAMP))).toEqual(['u1']);
    });

    test('without an id cannot be told apart: each counts', async () => {
      const { users } = createScene();

      expect(await users.note([unreadable(undefined), unreadable(undefined)], STAMP)).toHaveLength(2);
    });

    test('whom nobody knows yet have moved, and nothing was asked of them', async () => {
      const { users } = createScene();

      expect(await users.note([listed({ id: 'u1' })], STAMP)).toEqual([
        {
          listed: listed({ id: 'u1' }),
          isKnown: false,
          hasMoved: true,
          hasCrossedDeactivation: false,
          askedAt: {},
          groupsWay: undefined,
          areFactorsDue: false,
          isNoHolder: false,
          holdsOwnRoles: false,
          finishedAt: undefined,
        },
      ]);
      expect(await users.find('u1')).toBeUndefined();
    });

    test.each<[string, Parameters<typeof held>, boolean]>([
      ['none', [[], true], false],
      ['none by the list of role holders', [[]], false],
      ['one through a group', [[aRole({ assignmentType: 'GROUP' })], true], false],
      [
        'one of their own',
        [[aRole({ assignmentType: 'GROUP' }), aRole({ assignmentType: 'USER' })], true],
        true,
      ],
      ['one of which Okta does not say how', [[aRole()], true], true],
    ])('whose known roles are %s', async (_, roles, holdsOwnRoles) => {
      const { users } = createScene();
      await users.save(aReading({ user: aUser({ id: 'u1' }), roles: held(...roles) }));

      expect(await users.find('u1')).toMatchObject({ holdsOwnRoles });
    });

    test('who are known come with what was asked when, and which run was done with them', async () => {
      const { users } = createScene();
      const answers = { factors: known([]), roles: unknown('refused'), listedAt: STAMP, askedAt: 7 };
      await users.save(aReading({ user: aUser({ id: 'u1' }), ...answers }));

      const [noted] = await users.note([listed({ id: 'u1' })], STAMP + 1);

      expect(noted).toMatchObject({ isKnown: true, hasMoved: false, askedAt: { factors: 7, roles: 7 } });
      expect(noted).toMatchObject({ finishedAt: STAMP });
      expect(noted?.askedAt).not.toHaveProperty('groups');
    });

    test('come with the way in which their groups are known, unless the last attempt brought no answer', async () => {
      const { users } = createScene();
      const ways = {
        u1: 'by-membership',
        u2: known([NATIVE]),
        u3: unknown('refused'),
        u4: notAsked,
      } as const;
      for (const [id, groups] of Object.entries(ways))
        await users.save(aReading({ user: aUser({ id }), groups }));

      const found = await Promise.all(Object.keys(ways).map(async (id) => users.find(id)));

      expect(found.map((noted) => noted?.groupsWay)).toEqual([
        'by-membership',
        'own-list',
        undefined,
        undefined,
      ]);
    });

    test('are not finished any more once lists of members are not believed', async () => {
      const { users } = createScene();
      for (const [id, groups] of [
        ['u1', 'by-membership'],
        ['u2', known([NATIVE])],
      ] as const)
        await users.save(aReading({ user: aUser({ id }), groups, listedAt: STAMP }));

      await users.unfinishMembers(STAMP);

      const unfinished = await users.unfinished(STAMP, '', 9);
      expect(unfinished.map(({ listed: each }) => each.kind === 'user' && each.user.id)).toEqual(['u1']);
    });

    test('count as asked where the call was spared, and not for what nobody wanted', async () => {
      const { users } = createScene();
      const answers = { factors: notAsked, groups: notAsked, roles: 'spared', askedAt: 7 } as const;
      await users.save(aReading({ user: aUser({ id: 'u1' }), ...answers }));

      expect((await users.find('u1'))?.askedAt).toEqual({ roles: 7 });
    });
  });

  describe('the record of a listed user', () => {
    test('is kept with the page, and makes the event anew when the run ends before the user is read', async () => {
      const { users, save, evaluated, facets } = createScene();
      await save('u1', 'A');
      await users.note([listed({ id: 'u1', displayName: 'B' }, READ_AT + 9)], STAMP);

      expect(await evaluated()).toEqual(['u1']);
      expect(facets.at(-1)).toMatchObject({ user: { displayName: 'B' }, readAt: READ_AT + 9 });
    });

    test.each([
      ['a new name', { displayName: 'B' }],
      ['a sign-in alone', { lastLogin: '2026-08-09T00:00:00.000Z' }],
    ])(
      'that says something else after the run was done with the user is read again: %s',
      async (_, changes) => {
        const { users } = createScene();
        await users.save(aReading({ user: aUser({ id: 'u1' }), listedAt: STAMP }));
        await users.startListing();

        const [noted] = await users.note([listed({ id: 'u1', ...changes })], STAMP);

        expect(noted?.finishedAt).toBeUndefined();
        expect(idsOf(await users.unfinished(STAMP, '', 10))).toEqual(['u1']);
      },
    );

    test('that says the same leaves the run done with the user', async () => {
      const { users, evaluated } = createScene();
      await users.save(aReading({ user: aUser({ id: 'u1' }), listedAt: STAMP }));
      await users.startListing();

      expect(await users.note([listed({ id: 'u1' })], STAMP)).toMatchObject([{ finishedAt: STAMP }]);
      expect(await evaluated()).toEqual([]);
    });

    test('that comes a second time in one listing is kept too, when it is newer', async () => {
      const { users } = createScene();
      await users.note([listed({ id: 'u1' })], STAMP);
      await users.save(aReading({ user: aUser({ id: 'u1' }), factors: known([]), listedAt: STAMP }));
      const gone = listed({ id: 'u1', status: 'DEPROVISIONED' }, READ_AT + 9);

      expect(await users.note([gone], STAMP)).toEqual([]);

      const [noted] = await users.unfinished(STAMP, '', 10);
      expect(noted).toMatchObject({ listed: { user: { status: 'DEPROVISIONED' } }, askedAt: {} });
    });
  });

  describe('beside what is known', () => {
    const compare = async (before: ListedUser & { kind: 'user' }, now: ListedUser): Promise<Noted> => {
      const { users } = createScene();
      await users.save(aReading(before));
      return users.compare(now);
    };

    test.each([
      ['the same record', {}, false],
      ['a new name', { displayName: 'New' }, true],
      ['another status', { status: 'SUSPENDED' }, true],
      ['a new stamp alone', { lastUpdated: '2026-08-01T00:00:00.000Z' }, true],
      ['an attribute of the org', { custom: { desk: 4 } }, true],
      ['a sign-in alone', { lastLogin: '2026-08-09T00:00:00.000Z' }, false],
    ])('%s: has moved is told right', async (_, changes, hasMoved) => {
      expect(await compare(listed({}), listed(changes))).toMatchObject({ hasMoved, isKnown: true });
    });

    test.each([
      ['ACTIVE', 'DEPROVISIONED', true],
      ['DEPROVISIONED', 'PROVISIONED', true],
      ['ACTIVE', 'SUSPENDED', false],
      ['DEPROVISIONED', 'DEPROVISIONED', false],
    ])('from %s to %s: deactivation is crossed: %s', async (before, now, hasCrossedDeactivation) => {
      const noted = await compare(listed({ status: before }), listed({ status: now }));

      expect(noted).toMatchObject({ hasCrossedDeactivation });
    });

    test('a record that a newer one has overtaken has not moved, nor does it come back', async () => {
      const { users, save, evaluated } = createScene();
      await save('u1', 'A');
      const newer = aUser({ id: 'u1', displayName: 'B', status: 'DEPROVISIONED' });
      await users.save(aReading({ user: newer, readAt: READ_AT + 3000 }));

      const page = listed({ id: 'u1', displayName: 'A' }, READ_AT + 1000);
      const [noted] = await users.note([page], STAMP);
      await users.save(aReading({ user: page.user, readAt: page.readAt, listedAt: STAMP }));

      expect(noted).toMatchObject({ hasMoved: false, hasCrossedDeactivation: false });
      expect(await users.find('u1')).toMatchObject({
        listed: { user: newer, readAt: READ_AT + 3000 },
        finishedAt: STAMP,
      });
      expect(await evaluated()).toEqual([]);
    });

    test('a record that is older by hours is of a clock that was set back, and counts', async () => {
      const day = 24 * 60 * 60_000;
      const { users } = createScene();
      await users.save(aReading({ user: aUser({ id: 'u1', displayName: 'A' }), readAt: READ_AT + day }));

      await users.save(aReading({ user: aUser({ id: 'u1', displayName: 'B' }) }));

      expect(await users.find('u1')).toMatchObject({ listed: { user: { displayName: 'B' } } });
    });
  });

  describe('a reading', () => {
    test('that is complete makes the event, and the run is done with the user', async () => {
      const { users, take } = createScene();

      const saved = await users.save(
        aReading({ user: aUser({ id: 'u1', displayName: 'A' }), listedAt: STAMP }),
      );

      expect(saved).toEqual({
        asset: { kind: 'user', id: 'u1' },
        outcome: 'emitted',
        reasons: [],
        gaps: new Map(),
      });
      expect(await users.find('u1')).toMatchObject({ finishedAt: STAMP });
      expect(await take()).toEqual(['u1 A']);
    });

    test('that is not complete is kept, without an event', async () => {
      const { users, take, facets } = createScene();
      const user = aUser({ id: 'u1', displayName: 'A' });

      const reading = aReading({ user, factors: known([aFactor()]), isComplete: false, listedAt: STAMP });
      expect(await users.save(reading)).toBeUndefined();
      expect(await take()).toEqual([]);
      await users.save(aReading({ user, roles: held([]), listedAt: STAMP }));

      expect(facets).toEqual([
        { user, readAt: READ_AT, groups: notAsked, factors: known([aFactor()]), roles: held([]) },
      ]);
      expect(await take()).toEqual(['u1 A']);
    });

    test('leaves what it did not ask as it was', async () => {
      const { users, facets } = createScene();
      const answers = { factors: known([aFactor()]), roles: held([]), groups: known([NATIVE]) };
      await users.save(aReading(answers));

      await users.save(aReading({ readAt: READ_AT + 9 }));

      expect(facets.at(-1)).toMatchObject({
        readAt: READ_AT + 9,
        factors: answers.factors,
        roles: answers.roles,
        groups: { kind: 'known', value: [{ group: NATIVE, roles: notAsked }] },
      });
    });

    test('outside a full run leaves the run under way to its own', async () => {
      const { users } = createScene();
      await users.save(aReading({ user: aUser({ id: 'u1' }), listedAt: STAMP, isComplete: false }));

      await users.save(aReading({ user: aUser({ id: 'u1' }) }));

      expect(idsOf(await users.unfinished(STAMP, '', 10))).toEqual(['u1']);
    });
  });

  describe('users of whom no event can be made', () => {
    test('are dead letters until one can', async () => {
      const { save, letters } = createScene();

      expect([await save('u1', 'unmappable'), await save('u1', 'unmappable')]).toEqual([
        'dead-lettered',
        'dead-lettered',
      ]);
      expect(await letters()).toMatchObject([
        { asset: { id: 'u1' }, refusedBy: 'mapping', reasons: ['no such name'], times: 2 },
      ]);

      expect(await save('u1', 'A')).toBe('emitted');
      expect(await letters()).toEqual([]);
    });

    test('since nothing can be read are dead letters too, those without an id by what is wrong', async () => {
      const { users, letters } = createScene();

      for (const id of ['u1', 'u1', undefined, undefined]) await users.saveUnreadable(unreadable(id));

      expect(await letters()).toMatchObject([
        { asset: { id: 'u1' }, times: 2 },
        { asset: { id: expect.stringMatching(/^without-id:[0-9a-f]{12}$/) }, times: 2 },
      ]);
    });

    test('although they are known are neither missing nor unfinished', async () => {
      const { users, save } = createScene();
      await save('u1');

      await users.note([unreadable('u1')], STAMP);

      expect(await users.unlisted(STAMP)).toEqual([]);
      expect(await users.unfinished(STAMP, '', 10)).toEqual([]);
    });
  });

  describe('a full run', () => {
    async function createListed(): Promise<Scene> {
      const scene = createScene();
      for (const id of ['u1', 'u2', 'u3', 'u4']) await scene.save(id);
      await scene.users.note(
        ['u4', 'u2', 'u1'].map((id) => listed({ id })),
        STAMP,
      );
      await scene.users.save(aReading({ user: aUser({ id: 'u2' }), listedAt: STAMP }));
      return scene;
    }

    test('finds those it listed and did not finish, page by page', async () => {
      const { users } = await createListed();

      expect(idsOf(await users.unfinished(STAMP, '', 1))).toEqual(['u1']);
      expect(idsOf(await users.unfinished(STAMP, 'u1', 5))).toEqual(['u4']);
      expect(await users.unfinished(STAMP + 1, '', 5)).toEqual([]);
    });

    test('finds those it did not list, but not those known to be deactivated', async () => {
      const { users } = await createListed();
      await users.save(aReading({ user: aUser({ id: 'u5', status: 'DEPROVISIONED' }) }));
      await users.save(aReading({ user: aUser({ id: 'u6', status: undefined }) }));

      expect(await users.unlisted(STAMP)).toEqual(expect.arrayContaining(['u3', 'u6']));
      expect(await users.unlisted(STAMP)).toHaveLength(2);
      expect((await users.unlisted(STAMP + 1)).toSorted()).toEqual(['u1', 'u2', 'u3', 'u4', 'u6']);
      expect([await users.count(), await users.countDeactivated()]).toEqual([6, 1]);
    });

    test('that goes on looks for those whom only its first attempt has listed', async () => {
      const { users } = await createListed();

      await users.startListing();
      await users.note([listed({ id: 'u1' }), listed({ id: 'u4' })], STAMP);

      expect((await users.unlisted(STAMP)).toSorted()).toEqual(['u2', 'u3']);
    });
  });

  test('users with a role of their own are found', async () => {
    const { users } = createScene();
    const role = { id: 'ra1', type: 'SUPER_ADMIN', label: undefined, status: 'ACTIVE' };
    for (const [id, roles] of Object.entries({
      u1: held([role]),
      u2: held([]),
      u3: notAsked,
      u4: unknown(),
    })) {
      await users.save(aReading({ user: aUser({ id }), roles }));
    }

    expect(await users.roleHolders('any')).toEqual(['u1']);
  });

  describe('a user who is gone', () => {
    test('is told a last time, as last known and deactivated, and nothing else is kept', async () => {
      const makeEvent = ({ user }: { user: object }) => {
        const body = JSON.stringify(user);
        return { kind: 'event', body, hash: body, hashWithoutSignIn: body, gaps: new Map() } as const;
      };
      const { users, groups, marks, outbox, letters, deliver } = createScene({ makeEvent });
      const user = aUser({ id: 'u1' });
      await groups.save(pageOf(sized('00g1')), undefined);
      await users.save(aReading({ user, factors: known([aFactor()]), groups: known([NATIVE]) }));
      await deliver();
      await marks.add([{ subject: 'user', id: 'u1', question: 'factors', reason: 'changed' }]);

      await users.remove('u1');

      expect(await users.find('u1')).toBeUndefined();
      expect([await groups.members('00g1'), await letters(), await marks.list()]).toEqual([[], [], []]);
      const [last] = await outbox.take({ count: 1, bytes: 1_000_000, envelopeBytes: 24 });
      expect(JSON.parse(last?.body ?? '')).toEqual({ ...user, status: 'DEPROVISIONED' });
      await outbox.confirm([last?.sequence ?? 0]);
      // Its hash is not kept either: the same about a new user of that id is news.
      const again = { ...user, status: 'DEPROVISIONED' };
      expect(await users.save(aReading({ user: again }))).toMatchObject({ outcome: 'emitted' });
    });

    test('leaves the list of dead letters; one whom nobody knows stays nobody', async () => {
      const { users, save, letters, outbox } = createScene();
      await save('u1', 'unmappable');

      await users.remove('u1');
      await users.remove('u2');

      expect(await letters()).toEqual([]);
      expect(await outbox.pending()).toBe(0);
    });

    test('from the selection is forgotten without an event; what waits still goes out', async () => {
      const { users, save, take, deliver } = createScene();
      await save('u1', 'A');

      await users.forget('u1');

      expect(await users.find('u1')).toBeUndefined();
      expect(await take()).toEqual(['u1 A']);
      await deliver();
      expect(await save('u1', 'A')).toBe('emitted');
    });
  });

  describe('answers that are asked for again', () => {
    test('are the factors of a user whose groups have changed', async () => {
      const { users } = createScene();
      const user = aUser({ id: 'u1' });
      await users.save(aReading({ user, factors: known([]), groups: known([]), askedAt: 7 }));
      expect(await users.countFactorsDue()).toEqual([]);

      await users.save(aReading({ user, groups: known([NATIVE]), askedAt: 9 * MINUTE }));

      expect(await users.find('u1')).toMatchObject({ areFactorsDue: true });
      const due = [{ since: 9 * MINUTE, users: 1 }];
      expect(await users.countFactorsDue()).toEqual(due);
      expect([await users.countFactorsDue(7), await users.countFactorsDue(8)]).toEqual([due, []]);
      await users.save(aReading({ user, factors: known([]), askedAt: 11 * MINUTE }));
      expect(await users.countFactorsDue()).toEqual([]);
    });

    test('are the factors of those first whose groups changed first, even when they change again', async () => {
      const { users } = createScene();
      for (const id of ['late', 'early', 'middle'])
        await users.save(aReading({ user: aUser({ id }), factors: known([]), groups: known([]) }));
      const joins = { early: 3, middle: 5.2, late: 5.8 };
      for (const [id, minute] of Object.entries(joins))
        await users.save(
          aReading({ user: aUser({ id }), groups: known([NATIVE]), askedAt: minute * MINUTE }),
        );

      await users.save(aReading({ user: aUser({ id: 'early' }), groups: known([]), askedAt: 9 * MINUTE }));

      expect(await users.factorsDue(2)).toEqual(['early', 'middle']);
      expect(await users.countFactorsDue()).toEqual([
        { since: 3 * MINUTE, users: 1 },
        { since: 5 * MINUTE, users: 2 },
      ]);
    });

    test('are due since before a run that begins now, also by a clock that was ahead', async () => {
      const { users, bringBack } = createScene();
      const user = aUser({ id: 'u1' });
      await users.save(aReading({ user, factors: known([]), groups: known([]), askedAt: 7 }));
      await users.save(aReading({ user, groups: known([NATIVE]), askedAt: 400 * MINUTE }));

      await bringBack(9 * MINUTE);

      expect(await users.countFactorsDue()).toEqual([{ since: 8 * MINUTE, users: 1 }]);
    });

    test.each<[string, (scene: Scene) => Promise<unknown>]>([
      ['is gone', ({ groups }) => groups.remove('00gA', 3 * MINUTE)],
      [
        'is empty',
        ({ groups }) => groups.save({ ...pageOf(sized('00gA', { usersCount: 0 })), readAt: 3 * MINUTE }, 2),
      ],
      ['lists them no more', (scene) => saveMembers(scene, '00gA', pages([]), { now: () => 3 * MINUTE })],
    ])('are the factors of those who were in a group that %s', async (_, leave) => {
      const scene = createScene();
      const { users, groups } = scene;
      await groups.save(pageOf(sized('00gA')), 1);
      await saveMembers(scene, '00gA', pages(['u1']));
      const reading = { user: aUser({ id: 'u1' }), groups: 'by-membership' } as const;
      await users.save(aReading({ ...reading, factors: known([]), askedAt: 7 }));

      await leave(scene);

      expect(await users.countFactorsDue()).toEqual([{ since: 3 * MINUTE, users: 1 }]);
    });

    test('stay the factors of a user whose groups changed while they were asked for', async () => {
      const scene = createScene();
      const { users, groups } = scene;
      await groups.save(pageOf(sized('00gA')), 1);
      await saveMembers(scene, '00gA', pages(['u1']));
      const user = aUser({ id: 'u1' });
      await users.save(aReading({ user, groups: 'by-membership', factors: known([]), askedAt: 7 }));
      await groups.remove('00gA', 9 * MINUTE);

      await users.save(aReading({ user, factors: known([]), askedAt: 8 * MINUTE }));
      expect(await users.countFactorsDue()).toEqual([{ since: 9 * MINUTE, users: 1 }]);

      await users.save(aReading({ user, factors: unknown('refused'), askedAt: 9 * MINUTE }));
      expect(await users.countFactorsDue()).toEqual([]);
    });

    test('are no factors where an own list takes the place of lists of members and adds Everyone', async () => {
      const scene = createScene();
      const { users, groups } = scene;
      const user = aUser({ id: 'u1' });
      await groups.save(pageOf(sized('00gA'), EVERYONE), 1);
      await saveMembers(scene, '00gA', pages(['u1']));
      await users.save(aReading({ user, factors: known([]), groups: 'by-membership', askedAt: 7 }));

      await users.save(aReading({ user, groups: known([sized('00gA'), EVERYONE]), askedAt: 9 }));
      expect(await users.countFactorsDue()).toEqual([]);

      await users.save(aReading({ user, groups: known([EVERYONE]), askedAt: 11 }));
      expect(await users.countFactorsDue()).toEqual([{ since: 0, users: 1 }]);
    });

    test.each(['factors', 'groups'] as const)(
      'compare as texts only where the last attempt was answered: %s',
      async (lookup) => {
        const { users } = createScene();
        const user = aUser({ id: 'u1' });
        await users.save(aReading({ user, factors: known([aFactor()]), groups: known([NATIVE]) }));
        const before = await users.answerText('u1', lookup);
        expect(before).toMatch(/^\[.+\]$/);

        await users.save(aReading({ user, [lookup]: unknown('unreadable') }));

        expect(await users.answerText('u1', lookup)).toBeUndefined();
        await users.save(aReading({ user, factors: known([aFactor()]), groups: known([NATIVE]) }));
        expect(await users.answerText('u1', lookup)).toBe(before);
      },
    );
  });

  describe('one method is one unit of work', () => {
    test('what fails at its end leaves nothing behind', async () => {
      const makeEvent = (): never => {
        throw new Error('no event');
      };
      const { users, groups, marks, letters, outbox } = createScene({ makeEvent });

      const reading = aReading({ groups: known([NATIVE]), factors: unknown('unavailable') });
      await expect(users.save(reading)).rejects.toMatchObject({
        code: 'inventory',
        message: expect.stringContaining('no event'),
      });

      expect([await users.find(reading.user.id), await groups.find('00g1')]).toEqual([undefined, undefined]);
      expect([await marks.list(), await letters(), await outbox.pending()]).toEqual([[], [], 0]);
    });

    test('many at once do not collide, nor does one that fails touch the others', async () => {
      const scene = createScene();
      const { users, groups, outbox, save } = scene;
      await groups.save(pageOf(sized('00g1')), undefined);

      const work = Array.from({ length: 200 }, (_, index) => [
        save(`u${index}`, 'A'),
        saveMembers(scene, '00g1', pages([`u${index}`])).catch(() => undefined),
        saveMembers(scene, `00gX${index}`, broken(['u1'])).catch(() => undefined),
        outbox.take({ count: 3, bytes: 100_000, envelopeBytes: 24 }),
        users.note([listed({ id: `u${index}` })], STAMP),
      ]);
      await Promise.all(work.flat());

      expect(await outbox.pending()).toBe(200);
      expect(await users.count()).toBe(200);
      expect(await users.note([listed({ id: 'u7' }), listed({ id: 'new' })], STAMP)).toHaveLength(1);
    });
  });
}
