/** The contract of assets beside users: records, lists and sets. */
import { describe, expect, test } from 'vitest';
import type { AppUserRecord } from '../../ports/assets.ts';
import { EVERYONE, pageOf, sized, type CreateScene } from './scene.fixture.ts';

const PAYROLL = { id: '0oa1', name: 'payroll', label: 'Payroll', status: 'ACTIVE' };
const USERS = { kind: 'app-users', owner: '0oa1' } as const;
async function* pagesOf<T>(...pages: readonly (readonly T[])[]): AsyncGenerator<readonly T[]> {
  yield* pages;
}

async function* failingAfter<T>(page: readonly T[]): AsyncGenerator<readonly T[]> {
  yield page;
  throw new Error('Okta did not answer');
}

function appUser(id: string, scope = 'USER'): AppUserRecord {
  return { id, scope, status: 'ACTIVE' };
}

export function assetsContract(createScene: CreateScene): void {
  describe('records', () => {
    test('say whether they are new, changed or as before, and outlive a restart', async () => {
      const first = createScene();
      const renamed = { ...PAYROLL, label: 'Pay' };

      expect(await first.assets.save('app', [PAYROLL], 10, 9)).toEqual([{ id: '0oa1', outcome: 'new' }]);
      expect(await first.assets.save('app', [PAYROLL], 20)).toEqual([{ id: '0oa1', outcome: 'unchanged' }]);
      expect(await first.assets.save('app', [renamed], 30)).toEqual([{ id: '0oa1', outcome: 'changed' }]);

      const scene = first.reopen();
      expect(await scene.assets.find('app', '0oa1')).toEqual(renamed);
      expect(await scene.assets.find('rule', '0oa1')).toBeUndefined();
      expect(await scene.assets.count('app')).toBe(1);
    });

    test('are not overwritten by an older answer', async () => {
      const scene = createScene();
      await scene.assets.save('app', [{ ...PAYROLL, label: 'Pay' }], 30);

      await scene.assets.save('app', [PAYROLL], 20, 15);

      expect((await scene.assets.find('app', '0oa1'))?.label).toBe('Pay');
      expect(await scene.assets.unlisted('app', 15)).toEqual([]);
    });

    test('of devices are not changed by a sign-in', async () => {
      const scene = createScene();
      const device = {
        id: 'guo1',
        status: 'ACTIVE',
        created: '2026-01-01',
        lastUpdated: '2026-01-02',
        platform: 'IOS',
      };
      await scene.assets.save('device', [device], 10);

      const [signedIn] = await scene.assets.save('device', [{ ...device, lastUpdated: '2026-01-03' }], 20);
      const [moved] = await scene.assets.save('device', [{ ...device, platform: 'MACOS' }], 30);

      expect([signedIn?.outcome, moved?.outcome]).toEqual(['unchanged', 'changed']);
    });

    test('that a later list leaves out are told, but not those that were read alone since it began', async () => {
      const scene = createScene();
      await scene.assets.save('app', [PAYROLL, { id: '0oa2' }], 10, 9);
      await scene.assets.save('app', [PAYROLL], 20, 19);
      await scene.assets.save('app', [{ id: '0oa3' }], 21);

      expect(await scene.assets.unlisted('app', 19)).toEqual(['0oa2']);
    });

    test('that are removed take their sets along', async () => {
      const scene = createScene();
      await scene.assets.save('app', [PAYROLL], 10);
      await scene.assets.replaceSet(USERS, pagesOf([appUser('u1')]), 10);
      await scene.assets.replaceSet({ kind: 'group-apps', owner: '00g1' }, pagesOf([PAYROLL]), 10);

      await scene.assets.remove('app', '0oa1');

      expect(await scene.assets.find('app', '0oa1')).toBeUndefined();
      expect(await scene.assets.set(USERS)).toEqual({
        readAt: undefined,
        askedAt: undefined,
        gap: undefined,
      });
      expect(await scene.assets.sizeOf(USERS)).toBe(0);
      expect(await scene.assets.groupsOfApp('0oa1')).toEqual([]);
    });
  });

  describe('a set', () => {
    test('is put in place as a whole, page by page', async () => {
      const scene = createScene();

      const first = await scene.assets.replaceSet(USERS, pagesOf([appUser('u1')], [appUser('u2')]), 10);
      const same = await scene.assets.replaceSet(USERS, pagesOf([appUser('u2'), appUser('u1')]), 20);
      const fewer = await scene.assets.replaceSet(USERS, pagesOf([appUser('u2')]), 30);

      expect([first, same, fewer]).toEqual(['new', 'unchanged', 'changed']);
      expect(await scene.assets.link(USERS, 'u1')).toBeUndefined();
      expect(await scene.assets.link(USERS, 'u2')).toEqual(appUser('u2'));
      expect(await scene.assets.set(USERS)).toEqual({ readAt: 30, askedAt: 30, gap: undefined });
    });

    test('stays as it was when a page fails, with its age and the reason', async () => {
      const scene = createScene();
      await scene.assets.replaceSet(USERS, pagesOf([appUser('u1')]), 10);

      await expect(scene.assets.replaceSet(USERS, failingAfter([appUser('u2')]), 20)).rejects.toThrow(
        'did not answer',
      );
      await scene.assets.noteGap(USERS, 'unavailable', 20);

      expect(await scene.assets.link(USERS, 'u1')).toEqual(appUser('u1'));
      expect(await scene.assets.set(USERS)).toEqual({ readAt: 10, askedAt: 20, gap: 'unavailable' });
      expect((await scene.standing(new Set())).gaps).toEqual({ 'app-users': { unavailable: 1 } });
    });

    test('that was overtaken by another reading, or by one of its members, changes nothing', async () => {
      const scene = createScene();
      await scene.assets.replaceSet(USERS, pagesOf([appUser('u1')]), 20);

      await scene.assets.replaceSet(USERS, pagesOf([appUser('u2')]), 10);
      await scene.assets.saveLink(USERS, 'u1', undefined, 40);
      await scene.assets.replaceSet(USERS, pagesOf([appUser('u1')]), 30);

      expect(await scene.assets.sizeOf(USERS)).toBe(0);
    });

    test('may have a group several times, once for each role', async () => {
      const scene = createScene();
      const set = { kind: 'app-groups', owner: '0oa1' } as const;
      const twice = [
        { id: '00g1', role: 'Reader' },
        { id: '00g1', role: 'Owner' },
      ];

      await scene.assets.replaceSet(set, pagesOf(twice, twice), 10);

      expect(await scene.assets.sizeOf(set)).toBe(2);
      expect(await scene.assets.groupsOfApp('0oa1')).toEqual(['00g1']);
    });
  });

  describe('who has an application', () => {
    test('is told by the newer of the answers by application and by group', async () => {
      const scene = createScene();
      const byApp = { kind: 'app-groups', owner: '0oa1' } as const;
      const byGroup = { kind: 'group-apps', owner: '00g1' } as const;
      await scene.assets.replaceSet(byApp, pagesOf([{ id: '00g1' }]), 10);
      const first = await scene.assets.groupsOfApp('0oa1');

      await scene.assets.replaceSet(byGroup, pagesOf<{ id: string }>([]), 20);
      const taken = await scene.assets.groupsOfApp('0oa1');
      await scene.assets.replaceSet(byGroup, pagesOf([{ id: '0oa1' }]), 30);
      const given = await scene.assets.groupsOfApp('0oa1');
      await scene.assets.replaceSet(byApp, pagesOf<{ id: string }>([]), 40);

      expect([first, taken, given]).toEqual([['00g1'], [], ['00g1']]);
      expect(await scene.assets.groupsOfApp('0oa1')).toEqual([]);
    });

    test('is everybody where Everyone is assigned, or nobody needs an assignment', async () => {
      const scene = createScene();
      await scene.groups.save(pageOf(EVERYONE), 5);
      await scene.assets.save('app', [PAYROLL, { id: '0oa2', isImplicit: true }], 10);
      const before = await scene.assets.isForEveryone('0oa1');

      await scene.assets.replaceSet(
        { kind: 'app-groups', owner: '0oa1' },
        pagesOf([{ id: EVERYONE.id }]),
        10,
      );

      expect([before, await scene.assets.isForEveryone('0oa1')]).toEqual([false, true]);
      expect(await scene.assets.isForEveryone('0oa2')).toBe(true);
    });

    test('is known by group only where Okta says of each group how many it has', async () => {
      const scene = createScene();
      await scene.groups.save(pageOf(sized('00g1'), sized('00g2'), sized('00g3'), sized('00g4')), 5);
      const none = await scene.assets.groupsWithApps(5);
      await scene.assets.noteListed('group', 5);
      await scene.assets.save(
        'group',
        [
          { id: '00g1', appsCount: 2 },
          { id: '00g2', appsCount: 0 },
        ],
        10,
      );
      const all = await scene.assets.groupsWithApps(5);
      // It had one when it was asked, so it is asked once more.
      await scene.assets.save('group', [{ id: '00g4', appsCount: 0 }], 10);
      await scene.assets.replaceSet({ kind: 'group-apps', owner: '00g4' }, pagesOf([PAYROLL]), 10);
      const lost = await scene.assets.groupsWithApps(5);

      await scene.assets.save('group', [{ id: '00g3' }], 10);

      expect([none, all, lost, await scene.assets.groupsWithApps(5)]).toEqual([
        undefined,
        ['00g1'],
        ['00g1', '00g4'],
        undefined,
      ]);
    });

    test('is known by a whole list of groups alone, where no group has any', async () => {
      const scene = createScene();
      await scene.groups.save(pageOf(sized('00g1')), 5);
      await scene.assets.save('group', [{ id: '00g1', appsCount: 0 }], 5);
      const said = async (): Promise<unknown> => [
        await scene.assets.groupsWithApps(5),
        await scene.assets.areAllGroupsAsked(),
      ];
      const brokenOff = await said();
      await scene.assets.noteListed('group', 5);

      expect([brokenOff, await said(), await scene.assets.groupsWithApps(6)]).toEqual([
        [undefined, false],
        [[], true],
        undefined,
      ]);
    });
  });

  test('a list that the org does not have is no gap, and one that failed is', async () => {
    const scene = createScene();
    await scene.assets.noteGap({ kind: 'device' }, 'missing', 10);
    await scene.assets.noteGap({ kind: 'rule' }, 'refused', 10);
    await scene.assets.noteListed('app', 10);

    expect((await scene.standing(new Set())).gaps).toEqual({ rules: { refused: 1 } });
    expect(await scene.assets.listed('app')).toEqual({ readAt: 10, askedAt: 10, gap: undefined });
  });
}
