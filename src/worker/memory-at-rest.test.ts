import { expect, test } from 'vitest';
import { memoryAtRest } from './memory-at-rest.ts';

const MB = 1024 * 1024;

test('worker, memory at rest: pages are given back after the first run, and then when a run has made it grow', () => {
  const freed: string[] = [];
  let resident = 0;
  const freeMemory = memoryAtRest({
    freeMemory: (pages = 'kept') => {
      freed.push(pages);
      if (pages === 'given back') resident = 130 * MB;
    },
    residentBytes: () => resident,
  });
  const afterRun = (megabytes: number): string[] => {
    resident = megabytes * MB;
    freed.length = 0;
    freeMemory();
    return [...freed];
  };

  expect(afterRun(200)).toEqual(['kept', 'given back']);
  expect(afterRun(135)).toEqual(['kept']);
  expect(afterRun(141)).toEqual(['kept']);
  expect(afterRun(205)).toEqual(['kept', 'given back']);
});
