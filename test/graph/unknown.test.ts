import { expect, onTestFinished, test } from 'vitest';
import type { Mark } from '../../src/ports/inventory.ts';
import { READ_AT } from '../../src/enrich/facets.fixture.ts';
import {
  aReading,
  createScene,
  pageOf,
  sized,
  type Scene,
} from '../../src/inventory/sqlite/inventory.fixture.ts';
import { openGraphSource } from '../../src/inventory/sqlite/views/graph-source.ts';
import { ADA, LAPTOP, PAYROLL, plantAll } from './planted.fixture.ts';

/** The questions about one asset that have no answer, each with its reason. */
function unknownOf({ folder }: Scene, asset: string): string[] {
  const source = openGraphSource(folder, 0);
  onTestFinished(() => source.close());
  const rows = [...source.rows('unknown', ['lookup', 'reason'])].filter(({ id }) => id === asset);
  return rows.map(({ lookup, reason }) => `${lookup} ${reason}`);
}

const of = { subject: 'app', id: PAYROLL, reason: 'changed' } as const;
type AssetMark = Extract<Mark, { readonly subject: 'app' | 'device' }>;

test.each<[string, AssetMark, string]>([
  ['the users of an application', { ...of, question: 'users' }, 'app-users'],
  ['one user of it', { ...of, question: 'users', member: ADA }, 'app-users'],
  ['its groups', { ...of, question: 'groups' }, 'app-groups'],
  ['its record', { ...of, question: 'record' }, 'apps'],
  ['a device', { subject: 'device', id: LAPTOP, question: 'record', reason: 'changed' }, 'devices'],
])('graph, unknown: a change of %s is, until it is read', async (_, mark, lookup) => {
  const scene = await plantAll();
  const { marks } = scene;
  const before = unknownOf(scene, mark.id);

  await marks.add([mark]);
  const pending = unknownOf(scene, mark.id);
  const { subject, id } = mark;
  await marks.answered([{ subject, id, questions: 'all', marksUpTo: await marks.version() }]);

  expect(before).toEqual([]);
  expect(pending).toEqual([`${lookup} changed`]);
  expect(unknownOf(scene, mark.id)).toEqual([]);
});

test('graph, unknown: whether a group is empty is, where Okta does not count its members and the users who are known are not in it', async () => {
  const scene = createScene();
  await scene.groups.save(
    pageOf(sized('g1', { usersCount: undefined }), sized('g2', { usersCount: 0 })),
    READ_AT,
  );
  await scene.users.save(aReading({ groups: { kind: 'known', value: [], readAt: READ_AT } }));
  const source = openGraphSource(scene.folder, 0);
  onTestFinished(() => source.close());

  const rows = [...source.rows('groups', ['id'])];
  expect(rows.map(({ id, members_known: isKnown, is_empty: isEmpty }) => [id, isKnown, isEmpty])).toEqual([
    ['g1', 1, null],
    ['g2', 1, 1],
  ]);
});
