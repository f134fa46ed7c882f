import { describe, expect, test } from 'vitest';
import { aGroup, aRole, aUser, known, notAsked, READ_AT, unknown } from '../enrich/facets.fixture.ts';
import { InventoryError } from '../errors.ts';
import type { GroupsPage, SizedGroup } from '../ports.ts';
import { aReading, createFolder, createScene } from './inventory.fixture.ts';

const EVERYONE = aGroup({ id: '00gEVERY' }).group;
const NATIVE = aGroup({ id: '00g1', name: 'Platform', type: 'OKTA_GROUP' }).group;
const OTHER = aGroup({ id: '00g2', name: 'Other', type: 'OKTA_GROUP' }).group;

const sized = (group: object, changes: Partial<SizedGroup> = {}): SizedGroup => ({
  ...NATIVE,
  ...group,
  usersCount: 1,
  adminFlag: undefined,
  ...changes,
});
const pageOf = (...groups: readonly SizedGroup[]): GroupsPage => ({ groups, isWhole: true, readAt: READ_AT });

async function* pages(...given: readonly (readonly string[])[]): AsyncGenerator<readonly string[]> {
  yield* given;
}

async function* broken(...given: readonly (readonly string[])[]): AsyncGenerator<readonly string[]> {
  yield* given;
  throw new Error('half-way');
}

type Scene = ReturnType<typeof createScene>;

/** What the inventory knows of a user's groups, when they are known by membership. */
async function groupsOf({ inventory, facets }: Scene, id: string) {
  await inventory.saveReading(aReading({ user: aUser({ id }), groups: 'by-membership' }));
  const groups = facets.at(-1)?.groups;
  if (groups?.kind !== 'known') throw new Error('groups are not known');
  return groups.value;
}

const idsOf = async (scene: Scene, id: string): Promise<string[]> =>
  (await groupsOf(scene, id)).map(({ group }) => group.id);

describe('the org', () => {
  const ACME = { id: '00o1', host: 'acme.okta.example', at: undefined };

  test.each([
    ['the same', ACME],
    ['another address of the same org', { ...ACME, host: 'login.example.com' }],
    ['the same address without its id', { ...ACME, id: undefined }],
  ])('%s goes on', async (_, identity) => {
    const { inventory } = createScene();
    await inventory.bindOrg(ACME);

    await expect(inventory.bindOrg(identity)).resolves.toBeUndefined();
  });

  test.each([
    ['another org', { ...ACME, id: '00o2', host: 'other.okta.example' }],
    ['another org at the same address', { ...ACME, id: '00o2' }],
    ['another address that does not tell its id', { ...ACME, id: undefined, host: 'other.okta.example' }],
  ])('%s is refused, and says what to do', async (_, identity) => {
    const { inventory } = createScene();
    await inventory.bindOrg(ACME);

    await expect(inventory.bindOrg(identity)).rejects.toMatchObject({
      code: 'inventory',
      message: expect.stringContaining('acme.okta.example'),
      hint: expect.stringContaining('STATE_DIR'),
    });
  });

  test('is known by its id as soon as that is told, over restarts', async () => {
    const folder = createFolder();
    const first = createScene({ folder });
    await first.inventory.bindOrg({ ...ACME, id: undefined });
    await first.inventory.bindOrg(ACME);
    await first.inventory.bindOrg({ ...ACME, id: undefined });
    first.close();

    const { inventory } = createScene({ folder });

    await expect(inventory.bindOrg({ ...ACME, id: '00o2' })).rejects.toBeInstanceOf(InventoryError);
    await expect(inventory.bindOrg({ ...ACME, host: 'new.example' })).resolves.toBeUndefined();
  });
});

describe('members of a group', () => {
  async function createGroups(): Promise<Scene> {
    const scene = createScene();
    await scene.inventory.saveGroups(pageOf(sized(NATIVE), sized(OTHER)));
    return scene;
  }

  test('are taken over when all pages came', async () => {
    const scene = await createGroups();

    await scene.inventory.saveMembers('00g1', pages(['u1', 'u2'], [], ['u3', 'u1']));

    expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u3'), await idsOf(scene, 'u4')]).toEqual([
      ['00g1'],
      ['00g1'],
      [],
    ]);
  });

  test('of a listing that fails half-way are not: what was known stays', async () => {
    const scene = await createGroups();
    await scene.inventory.saveMembers('00g1', pages(['u1']));

    await expect(scene.inventory.saveMembers('00g1', broken(['u2'], ['u3']))).rejects.toThrow('half-way');

    expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u2')]).toEqual([['00g1'], []]);
  });

  test('of a listing that failed do not slip into the next one', async () => {
    const scene = await createGroups();
    await scene.inventory.saveMembers('00g1', broken(['u2'])).catch(() => undefined);

    await scene.inventory.saveMembers('00g1', pages(['u1']));

    expect(await idsOf(scene, 'u2')).toEqual([]);
  });

  test('of a listing that failed take no room beyond the run', async () => {
    const scene = await createGroups();
    await scene.inventory.saveMembers('00g1', broken(['u2'])).catch(() => undefined);

    await scene.inventory.startRun();

    expect(scene.query('SELECT * FROM members_being_read')).toEqual([]);
  });

  test('who left the group are not in it any more', async () => {
    const scene = await createGroups();
    await scene.inventory.saveMembers('00g1', pages(['u1', 'u2']));

    await scene.inventory.saveMembers('00g1', pages(['u2']));

    expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u2')]).toEqual([[], ['00g1']]);
  });

  test('of several groups at once do not mix', async () => {
    const scene = await createGroups();

    await Promise.all([
      scene.inventory.saveMembers('00g1', pages(['u1'], ['u2'])),
      scene.inventory.saveMembers('00g2', pages(['u2'], ['u3'])),
    ]);

    expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u2'), await idsOf(scene, 'u3')]).toEqual([
      ['00g1'],
      ['00g1', '00g2'],
      ['00g2'],
    ]);
  });

  test('are forgotten before they are read anew: of groups that are gone, too', async () => {
    const scene = await createGroups();
    await scene.inventory.saveMembers('00g1', pages(['u1']));

    await scene.inventory.forgetMemberships();

    expect(await idsOf(scene, 'u1')).toEqual([]);
  });
});

describe("a user's groups", () => {
  test('are those of the own list, in place of what was known', async () => {
    const scene = createScene();
    const user = aUser({ id: 'u1' });
    await scene.inventory.saveReading(aReading({ user, groups: known([NATIVE, OTHER]) }));
    await scene.inventory.saveReading(aReading({ user, groups: known([OTHER], READ_AT + 1) }));

    expect(scene.facets.at(-1)?.groups).toEqual({
      kind: 'known',
      readAt: READ_AT + 1,
      value: [{ group: OTHER, roles: notAsked }],
    });
  });

  test.each([unknown('refused'), unknown('unavailable'), notAsked])('stay %j', async (groups) => {
    const { inventory, facets } = createScene();
    await inventory.saveReading(aReading({ groups: known([NATIVE]) }));
    await inventory.saveReading(aReading({ groups }));

    expect(facets.at(-1)?.groups).toEqual(groups);
  });

  test('include Everyone without its members being read', async () => {
    const scene = createScene();
    await scene.inventory.saveGroups(pageOf(sized(EVERYONE), sized(NATIVE)));
    await scene.inventory.saveMembers('00g1', pages(['u1']));

    expect([await idsOf(scene, 'u1'), await idsOf(scene, 'u2')]).toEqual([
      ['00g1', '00gEVERY'],
      ['00gEVERY'],
    ]);
  });

  test('name Everyone once when its members are known too', async () => {
    const scene = createScene();
    await scene.inventory.saveGroups(pageOf(sized(EVERYONE)));
    await scene.inventory.saveMembers('00gEVERY', pages(['u1']));

    expect(await idsOf(scene, 'u1')).toEqual(['00gEVERY']);
  });

  test.each([
    ['of the same name', { ...EVERYONE, type: 'OKTA_GROUP' }],
    ['of the same kind', { ...EVERYONE, name: 'Okta Administrators' }],
  ])('do not include another group %s', async (_, group) => {
    const scene = createScene();
    await scene.inventory.saveGroups(pageOf(sized(group)));

    expect(await idsOf(scene, 'u1')).toEqual([]);
  });

  test('of an own list without Everyone are without it', async () => {
    const { inventory, facets } = createScene();
    await inventory.saveGroups(pageOf(sized(EVERYONE)));

    await inventory.saveReading(aReading({ groups: known([]) }));

    expect(facets.at(-1)?.groups).toMatchObject({ value: [] });
  });

  test('carry a new name as soon as it is read', async () => {
    const scene = createScene();
    await scene.inventory.saveGroups(pageOf(sized(NATIVE)));
    await scene.inventory.saveMembers('00g1', pages(['u1']));
    await scene.inventory.saveGroups(pageOf(sized(NATIVE, { name: 'Renamed', description: 'new' })));

    expect(await groupsOf(scene, 'u1')).toMatchObject([{ group: { name: 'Renamed', description: 'new' } }]);
  });
});

describe('roles of a group', () => {
  async function rolesAfter(scene: Scene) {
    await scene.inventory.saveMembers('00g1', pages(['u1']));
    return (await groupsOf(scene, 'u1'))[0]?.roles;
  }

  test('are not asked until somebody asks', async () => {
    const scene = createScene();
    await scene.inventory.saveGroups(pageOf(sized(NATIVE)));

    expect(await rolesAfter(scene)).toEqual(notAsked);
  });

  test.each([true, undefined])('are not none by the flag %s', async (adminFlag) => {
    const scene = createScene();
    await scene.inventory.saveGroups(pageOf(sized(NATIVE, { adminFlag })));

    expect(await rolesAfter(scene)).toEqual(notAsked);
  });

  test('are none when the flag says so', async () => {
    const scene = createScene();
    await scene.inventory.saveGroupRoles('00g1', unknown('unavailable'));
    await scene.inventory.saveGroups(pageOf(sized(NATIVE, { adminFlag: false })));

    expect(await rolesAfter(scene)).toEqual(known([]));
  });

  test('are what Okta said, and when', async () => {
    const scene = createScene();
    await scene.inventory.saveGroups(pageOf(sized(NATIVE)));
    await scene.inventory.saveGroupRoles('00g1', known([aRole({ label: undefined })], READ_AT + 5));

    expect(await rolesAfter(scene)).toEqual(known([aRole({ label: undefined })], READ_AT + 5));
  });

  test('are unknown after a lookup that failed, until one succeeds', async () => {
    const scene = createScene();
    await scene.inventory.saveGroups(pageOf(sized(NATIVE)));
    await scene.inventory.saveGroupRoles('00g1', known([aRole()]));
    await scene.inventory.saveGroupRoles('00g1', unknown('refused'));

    expect(await rolesAfter(scene)).toEqual(unknown('refused'));
    await scene.inventory.saveGroupRoles('00g1', known([]));
    expect(await rolesAfter(scene)).toEqual(known([]));
  });

  test('are kept of a group that is named only later', async () => {
    const scene = createScene();
    await scene.inventory.saveGroupRoles('00g1', known([aRole()]));

    await scene.inventory.saveReading(aReading({ groups: known([NATIVE]) }));

    expect(scene.facets.at(-1)?.groups).toMatchObject({
      value: [{ group: NATIVE, roles: known([aRole()]) }],
    });
  });
});
