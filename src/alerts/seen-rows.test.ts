import { expect, test } from 'vitest';
import { RowGatherer } from './seen-rows.ts';

const COLUMNS = ['uid', 'login', 'note'];

function gathered(...rows: readonly (readonly (string | number | null)[])[]): RowGatherer {
  const gatherer = new RowGatherer(COLUMNS);
  for (const row of rows) gatherer.add(row);
  return gatherer;
}

test('alerts, rows: two rows with one identity count once, and rows without one are counted apart', () => {
  const { rows, nameless } = gathered(
    ['a', 'first', null],
    ['a', 'second', 1],
    [null, 'x', 1],
    ['', 'y', 1],
    [7, 'z', 1],
  );

  expect([...rows]).toEqual([
    ['a', { login: 'first', note: null }],
    ['7', { login: 'z', note: 1 }],
  ]);
  expect(nameless).toBe(2);
});

test('alerts, rows: an identity of a megabyte is hashed, long texts are cut, and columns that do not fit are left out', () => {
  const long = 'x'.repeat(1_000_000);
  const [[uid, cells] = ['', {}]] = [...gathered([long, long, 'kept']).rows];
  const gatherer = new RowGatherer(['uid', ...Array.from({ length: 9 }, (_, at) => `c${at}`)]);
  gatherer.add(['a', ...Array.from({ length: 9 }, () => long)]);

  expect(uid).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(cells).toEqual({ login: `${'x'.repeat(1000)}…`, note: 'kept' });
  expect(JSON.stringify([...gatherer.rows]).length).toBeLessThan(4200);
});
