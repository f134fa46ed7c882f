import { expect, test } from 'vitest';
import { InventoryError } from '../ports/errors.ts';
import { aReport } from '../ports/report.fixture.ts';
import { keepReport } from './keep-report.ts';

test('sync, keep report: a report that cannot be kept is told in the log, and ends nothing', async () => {
  const told: unknown[] = [];
  const noteEnd = async (): Promise<never> => {
    throw new InventoryError('the disk is full', { hint: 'make room' });
  };
  const log = { error: (...said: unknown[]) => told.push(said) };
  const parts = { inventory: { runs: { noteEnd } }, settings: { isLasting: true }, clock: Date, log };

  await keepReport(parts, aReport());

  expect(told).toEqual([
    [{ problem: 'the disk is full', hint: 'make room' }, 'the report could not be kept in the inventory'],
  ]);
});
