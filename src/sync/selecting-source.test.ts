import { describe, expect, test } from 'vitest';
import { aUser, known } from '../enrich/facets.fixture.ts';
import { gapReasonOf } from '../enrich/gap-reason.ts';
import { OktaForbiddenError, OktaUnavailableError } from '../ports/errors.ts';
import type { Group, ListedUser } from '../ports/org.ts';
import type { Source } from '../ports/source.ts';
import { selectingSource, type SelectionParts } from './selecting-source.ts';

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  staff: ['00u1', '00u2', '00u3'],
  guests: ['00u3', '00u4'],
};

const listed = (id: string, status = 'ACTIVE'): ListedUser => ({
  kind: 'user',
  user: aUser({ id, status }),
  readAt: 0,
});
const PAGES = [
  [listed('00u1'), listed('00u2', 'SUSPENDED')],
  [listed('00u3'), listed('00u4'), listed('00u5', 'DEPROVISIONED')],
];

function aSource(changes: Partial<Source> = {}): Source {
  async function* users(): AsyncGenerator<readonly ListedUser[]> {
    yield* PAGES;
  }
  async function* nothing(): AsyncGenerator<never> {}
  return {
    identify: async () => ({ id: undefined, host: 'acme.okta.com', at: 0 }),
    listUsers: users,
    listChangedUsers: users,
    listDeprovisioned: nothing,
    getUser: async (id) => listed(id),
    isSelected: async () => true,
    listGroups: nothing,
    searchGroups: nothing,
    listChangedGroups: nothing,
    getGroup: async () => undefined,
    pollLog: nothing,
    logFilter: '',
    isLogFilter: () => true,
    async *listMembers(id) {
      yield GROUPS[id] ?? [];
    },
    listAssignees: nothing,
    getGroupRoles: async () => known([]),
    ask: async () => ({ kind: 'unknown', reason: 'missing' }),
    refusedLookups: () => new Set(),
    ...changes,
  };
}

const findGroups = async (name: string): Promise<readonly Group[]> => {
  const group = { id: name, name, description: undefined, type: 'OKTA_GROUP' };
  if (name === 'twins') return [group, { ...group, id: 'other', type: 'APP_GROUP' }];
  return Object.hasOwn(GROUPS, name) ? [group] : [];
};

function select(changes: Partial<SelectionParts>) {
  const counts: (readonly [number, number])[] = [];
  const source = selectingSource({
    source: aSource(),
    include: undefined,
    exclude: undefined,
    statuses: undefined,
    findGroups,
    isKnown: async () => false,
    onCount: (...count) => counts.push(count),
    ...changes,
  });
  return { source, counts };
}

async function idsOf(pages: AsyncIterable<readonly ListedUser[]>): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of pages) for (const each of page) if (each.kind === 'user') ids.push(each.user.id);
  return ids;
}

describe('sync, selecting source: a selection of users', () => {
  test.each<[string, Partial<SelectionParts>, string[]]>([
    ['members of the groups to include', { include: ['staff'] }, ['00u1', '00u2', '00u3']],
    ['nobody of the groups to leave out', { exclude: ['guests'] }, ['00u1', '00u2', '00u5']],
    ['neither of both', { include: ['staff'], exclude: ['guests'] }, ['00u1', '00u2']],
    ['users of the statuses', { statuses: new Set(['SUSPENDED']) }, ['00u2', '00u5']],
  ])('lists %s', async (_, given, ids) => {
    const { source } = select(given);
    await source.identify();

    expect(await idsOf(source.listUsers())).toEqual(ids);
  });

  test('counts as it lists, and knows who was left out and how many there will be', async () => {
    const { source, counts } = select({ include: ['staff'], exclude: ['guests'] });
    await source.identify();
    await idsOf(source.listUsers());

    expect(counts).toEqual([
      [2, 2],
      [5, 2],
    ]);
    expect(['00u1', '00u3', '00u9'].map((id) => source.wasLeftOut?.(id))).toEqual([false, true, false]);
    expect(source.usersSelected?.()).toBe(2);
  });

  test('may read the groups only once somebody asks for the selection, and then once', async () => {
    const asked: string[] = [];
    const listMembers = async function* (id: string) {
      asked.push(id);
      yield GROUPS[id] ?? [];
    };
    const { source } = select({ source: aSource({ listMembers }), include: ['staff'], isLate: true });
    await source.identify();
    await source.getUser('00u4');
    expect(asked).toEqual([]);
    const selected = ['00u1', '00u4'].map((id) => source.isSelected(aUser({ id })));

    expect(await Promise.all(selected)).toEqual([true, false]);
    expect(await idsOf(source.listChangedUsers(0))).toEqual(['00u1', '00u2', '00u3']);
    expect(asked).toEqual(['staff']);
  });

  test('of a late selection that cannot be read ends the run, and is no gap of one user', async () => {
    const unavailable = aSource({
      // oxlint-disable-next-line require-yield -- no answer before the first page
      async *listMembers() {
        throw new OktaUnavailableError('no answer', { hint: 'wait' });
      },
    });
    const { source } = select({ source: unavailable, include: ['staff'], isLate: true });
    await source.identify();
    const failures = [source.isSelected(aUser({ id: '00u1' })), source.readSelection?.()].map((each) =>
      expect(each).rejects.toSatisfy((error) => gapReasonOf(error) === undefined),
    );

    await Promise.all(failures);
    await expect(source.readSelection?.()).rejects.toMatchObject({
      code: 'okta_unavailable',
      message: 'no answer',
      hint: 'wait',
    });
  });

  test('lets a deactivated user through whom the intake knows, though no group holds them any more', async () => {
    const { source } = select({ include: ['staff'], isKnown: async () => true });
    await source.identify();

    expect(await idsOf(source.listChangedUsers(0))).toEqual(['00u1', '00u2', '00u3', '00u5']);
  });

  test('names every group that is not there or is there twice, before anything is read', async () => {
    const { source } = select({ include: ['staff', 'nobody'], exclude: ['twins'] });

    await expect(source.identify()).rejects.toMatchObject({
      faults: [
        { name: 'INCLUDE_GROUPS', problem: 'names a group that the org does not have: nobody' },
        {
          name: 'EXCLUDE_GROUPS',
          problem: 'names 2 groups called twins',
          hint: 'give one by id: twins (OKTA_GROUP), other (APP_GROUP)',
        },
      ],
    });
  });

  test('says which group cannot select, when Okta does not list its members', async () => {
    const refusing = aSource({
      // oxlint-disable-next-line require-yield -- refused before the first page
      async *listMembers() {
        throw new OktaForbiddenError('403');
      },
    });
    const { source } = select({ source: refusing, include: ['staff'] });

    await expect(source.identify()).rejects.toMatchObject({
      code: 'okta_forbidden',
      message: expect.stringContaining('group staff'),
    });
  });
});

test('sync, selecting source: what no selection concerns is asked of the source itself', async () => {
  const own: Source = aSource({
    getGroupRoles: async () => ({ kind: 'unknown', reason: 'refused' }),
    refusedLookups(this: unknown) {
      return new Set(this === own ? ['roles'] : []);
    },
  });
  const { source } = select({ source: own, include: ['staff'] });

  expect(source.refusedLookups()).toEqual(new Set(['roles']));
  expect(await source.getGroupRoles('g1')).toEqual({ kind: 'unknown', reason: 'refused' });
});
