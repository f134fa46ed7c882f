import { expect, test } from 'vitest';
import { MemoryKeeper } from './memory-keeper.ts';

const MB = 1024 * 1024;
const REST = 130;

function setUp() {
  let now = 1_000_000;
  let resident = 0;
  let least = 0;
  let done: string[] = [];
  const keeper = new MemoryKeeper({
    clock: { now: () => now, sleep: () => Promise.resolve() },
    freeMemory: (pages = 'kept') => {
      done.push(pages);
      if (pages === 'given back') resident = least;
    },
    residentBytes: () => resident,
  });
  /** Lets so much memory be resident, of which `needed` cannot be given back; gives the collections that this brought. */
  const at = (megabytes: number, act: (keeper: MemoryKeeper) => void, needed = REST): readonly string[] => {
    [resident, least, done] = [megabytes * MB, needed * MB, []];
    act(keeper);
    return done;
  };
  return { at, pass: (ms: number) => (now += ms) };
}

test('process, memory keeper: between runs, pages are given back after the first run, and then when a run has made it grow', () => {
  const { at } = setUp();
  const rest = (keeper: MemoryKeeper): void => keeper.atRest();

  expect(at(REST + 40, rest)).toEqual(['kept', 'given back']);
  expect(at(REST + 5, rest)).toEqual(['kept']);
  expect(at(REST + 7, rest)).toEqual(['kept']);
  expect(at(REST + 60, rest)).toEqual(['kept', 'given back']);
});

test('process, memory keeper: amid a run it clears once in three seconds, also when the clock was set back', () => {
  const { at, pass } = setUp();
  const amid = (keeper: MemoryKeeper): void => keeper.amidRun();
  at(REST + 40, (keeper) => keeper.atRest());

  pass(2999);
  expect(at(REST, amid)).toEqual([]);
  pass(1);
  expect(at(REST, amid)).toEqual(['kept']);
  expect(at(REST, amid)).toEqual([]);
  pass(-60_000);
  expect(at(REST, amid)).toEqual(['kept']);
  expect(at(REST, (keeper) => keeper.afterMuch())).toEqual(['kept']);
});

test('process, memory keeper: a run that grows gives back at once, and then once in 15 seconds', () => {
  const { at, pass } = setUp();
  const grown = (keeper: MemoryKeeper): void => keeper.afterMuch();

  expect(at(REST + 30, grown)).toEqual(['kept', 'given back']);
  pass(14_999);
  expect(at(REST + 30, grown)).toEqual(['kept']);
  pass(1);
  expect(at(REST + 30, grown)).toEqual(['kept', 'given back']);
});

test('process, memory keeper: what a run needs while it goes on is not taken for what is needed between runs', () => {
  const { at } = setUp();
  at(REST + 40, (keeper) => keeper.atRest(), REST);
  at(REST + 80, (keeper) => keeper.afterMuch(), REST + 40);

  expect(at(REST + 40, (keeper) => keeper.atRest())).toEqual(['kept', 'given back']);
});
