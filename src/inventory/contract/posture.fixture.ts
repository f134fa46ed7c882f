/** The contract of the posture: kept counts are those that counting afresh would give. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  aFactor,
  aRole,
  aUser,
  held,
  known,
  notAsked,
  POSTURE_RULES,
  READ_AT,
  unknown,
} from '../../enrich/facets.fixture.ts';
import { createJudge } from '../../enrich/posture.ts';
import { aReport } from '../../ports/report.fixture.ts';
import type { Reading } from '../../ports/inventory.ts';
import type { User } from '../../ports/org.ts';
import type { Posture } from '../../ports/posture.ts';
import { addUp } from '../policy/posture.ts';
import {
  aReading,
  NOW,
  pageOf,
  pages,
  saveMembers,
  sized,
  type CreateScene,
  type Scene,
} from './scene.fixture.ts';

const DAY_MS = 86_400_000;
const GROUPS = ['g1', 'g2', 'g3'];
const USERS = ['u1', 'u2', 'u3', 'u4', 'u5'];

async function postureOf(scene: Scene): Promise<Posture | undefined> {
  await scene.runs.noteEnd(aReport(), NOW);
  return (await scene.reader().posture.newest())?.posture;
}

/** From what the reader knows of each user. Groups are told by the test. */
async function countAfresh(scene: Scene, privilegedGroups: Posture['privilegedGroups']): Promise<Posture> {
  const { ofUser } = createJudge(POSTURE_RULES);
  const judged: ReturnType<typeof ofUser>[] = [];
  for await (const { facets } of scene.reader().users(() => true)) judged.push(ofUser(facets));
  const today = Math.floor(NOW / DAY_MS);
  const dormant = judged.filter(({ signedInDay }) => signedInDay !== undefined && today - signedInDay > 90);
  const cells = judged.map(({ posture }) => ({ posture, users: 1 }));
  return addUp(cells, { dormant: dormant.length, privilegedGroups });
}

const factorsAnswer = fc.oneof(
  fc.constantFrom(unknown('refused'), unknown('unavailable'), notAsked),
  fc
    .array(
      fc.record({
        type: fc.constantFrom('push', 'sms', 'webauthn', 'odd'),
        status: fc.constantFrom('ACTIVE', 'PENDING_ACTIVATION'),
      }),
    )
    .map((factors) => known(factors.map((factor, index) => aFactor({ id: `f${index}`, ...factor })))),
);
const rolesAnswer = fc.constantFrom(
  unknown('refused'),
  notAsked,
  held([]),
  held([aRole()]),
  held([aRole({ status: 'INACTIVE' })]),
);
const groupRoles = fc.constantFrom(unknown('refused'), known([]), known([aRole()]));
const user = fc.constantFrom(...USERS);
const group = fc.constantFrom(...GROUPS);
const aRecord = fc.record({
  status: fc.constantFrom('ACTIVE', 'STAGED', 'SUSPENDED', 'DEPROVISIONED', 'LOCKED_OUT', undefined),
  lastLogin: fc.constantFrom(
    undefined,
    'yesterday',
    '2026-07-31T10:00:00.000Z',
    '2026-05-03T00:00:00.000Z',
    '2026-05-02T23:59:59.000Z',
    '2020-01-01T00:00:00.000Z',
  ),
  userType: fc.constantFrom(undefined, 'Bot', 'Employee'),
});

const save = fc.record({ id: user, record: aRecord, factors: factorsAnswer, roles: rolesAnswer });
const change = fc.oneof(
  fc.record({ save }),
  fc.record({ save }),
  fc.record({ rolesOf: group, answer: groupRoles }),
  fc.record({ membersOf: group, members: fc.subarray(USERS) }),
  fc.record({ removed: user }),
  fc.record({ forgotten: user }),
  fc.record({ removedGroup: group }),
  fc.record({ restarts: fc.constant(true) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** What is known of each group's roles: do they make Admin? A refusal leaves what was known before. */
type Privileged = Map<string, 'yes' | 'no' | 'unknown'>;

async function make(scene: Scene, given: Change, at: number, known: Privileged): Promise<Scene> {
  const { users, groups } = scene;
  if ('restarts' in given) return scene.reopen();
  if ('removed' in given) await users.remove(given.removed);
  else if ('forgotten' in given) await users.forget(given.forgotten);
  else if ('save' in given) {
    const { id, record, ...answers } = given.save;
    const reading = { ...answers, groups: 'by-membership', readAt: at, askedAt: at } as const;
    await users.save(aReading({ user: aUser({ id, ...record }), ...reading }));
  } else if ('removedGroup' in given) {
    await groups.remove(given.removedGroup, 1);
    known.delete(given.removedGroup);
  } else if ('membersOf' in given) {
    await saveGroup(scene, given.membersOf, known);
    await saveMembers(scene, given.membersOf, pages(given.members), { readAt: at, now: () => at });
  } else {
    const { rolesOf, answer } = given;
    await saveGroup(scene, rolesOf, known);
    await groups.saveRoles(rolesOf, answer, at, 0);
    if (answer.kind === 'known') known.set(rolesOf, answer.value.length > 0 ? 'yes' : 'no');
  }
  return scene;
}

async function saveGroup({ groups }: Scene, id: string, known: Privileged): Promise<void> {
  if (known.has(id)) return;
  await groups.save(pageOf(sized(id)), undefined);
  known.set(id, 'unknown');
}

function sharesOf(groups: Privileged): Posture['privilegedGroups'] {
  const count = (verdict: string): number => [...groups.values()].filter((each) => each === verdict).length;
  return { yes: count('yes'), no: count('no'), unknown: count('unknown') };
}

export function postureContract(createScene: CreateScene): void {
  test('whatever changes in whatever order, the kept counts are those of counting afresh', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 25 }), async (changes) => {
        let scene = createScene();
        const groups: Privileged = new Map();
        for (const [index, each] of changes.entries())
          scene = await make(scene, each, NOW - 100_000 + index * 1000, groups);
        while ((await scene.evaluated()).length > 0);

        expect(await postureOf(scene)).toEqual(await countAfresh(scene, sharesOf(groups)));
        scene.close();
      }),
      { numRuns: 60 },
    );
  });

  test('unknown has a share of its own in every count', async () => {
    const scene = createScene();
    const save = (id: string, changes: Partial<User>, answers: Partial<Reading> = {}) =>
      scene.users.save(aReading({ user: aUser({ id, ...changes }), ...answers }));
    await save('u1', { userType: 'Service' }, { factors: known([aFactor()]), roles: held([aRole()], true) });
    await save('u2', { lastLogin: undefined }, { factors: unknown(), roles: held([aRole()], true) });
    await save('u3', { lastLogin: 'monday', userType: 'Employee' }, { factors: known([]), roles: unknown() });
    await save('u4', { status: 'SUSPENDED' }, { factors: known([]), roles: held([aRole()], true) });
    // Reading this user has not ended, so there is no event.
    await save('u5', {}, { isComplete: false });
    await scene.groups.save(pageOf(sized('g1')), undefined);

    expect(await postureOf(scene)).toEqual({
      statuses: {
        ACTIVE: { users: 3, mfa: { yes: 1, no: 1, unknown: 1 } },
        SUSPENDED: { users: 1, mfa: { yes: 0, no: 1, unknown: 0 } },
        unknown: { users: 1, mfa: { yes: 0, no: 0, unknown: 1 } },
      },
      admins: { yes: 2, no: 0, unknown: 2 },
      adminMfa: { yes: 1, no: 0, unknown: 1 },
      factors: { push: 1, none: 1, unknown: 2 },
      signIns: { recent: 1, dormant: 0, never: 1, unknown: 2 },
      serviceAccounts: { yes: 1, no: 1, unknown: 2 },
      privilegedGroups: { yes: 0, no: 0, unknown: 1 },
    });
  });

  test('questions that the settings do not ask are unknown, whatever earlier settings have asked', async () => {
    const scene = createScene({ judge: createJudge({ ...POSTURE_RULES, lookups: new Set() }) });
    await scene.users.save(aReading({ factors: known([aFactor()]), roles: held([aRole()], true) }));
    await scene.groups.save(pageOf(sized('g1')), undefined);
    await scene.groups.saveRoles('g1', known([aRole()]), READ_AT, 0);

    expect(await postureOf(scene)).toMatchObject({
      statuses: { ACTIVE: { users: 1, mfa: { yes: 0, no: 0, unknown: 1 } } },
      admins: { yes: 0, no: 0, unknown: 1 },
      factors: { unknown: 1 },
      privilegedGroups: { yes: 0, no: 0, unknown: 1 },
    });
  });

  test('users become dormant by the day, without being read again', async () => {
    const scene = createScene();
    await scene.users.save(aReading({ user: aUser({ lastLogin: '2026-08-01T07:12:33.000Z' }) }));
    const dormantOn = async (day: string): Promise<number | undefined> => {
      await scene.runs.noteEnd(aReport(), Date.parse(day));
      return (await scene.reader().posture.newest())?.posture.signIns.dormant;
    };

    expect(await dormantOn('2026-10-30T23:00:00.000Z')).toBe(0);
    expect(await dormantOn('2026-10-31T01:00:00.000Z')).toBe(1);
  });
}
