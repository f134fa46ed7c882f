import { expect, onTestFinished, test } from 'vitest';
import type { Mark } from '../../src/ports/inventory.ts';
import type { Scene } from '../../src/inventory/sqlite/inventory.fixture.ts';
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
