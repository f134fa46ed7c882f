import { expect, test, vi } from 'vitest';
import { ConfigError } from '../ports/errors.ts';
import { beginWithHooks } from './begin-with-hooks.ts';

test('sync, beginning with hooks: a run that reads more than marks begins with its selection, and a poll stays due where that fails', async () => {
  const fault = new ConfigError([{ name: 'INCLUDE_GROUPS', problem: 'names no group', hint: 'name one' }]);
  const begins = vi.fn<() => void>();
  const job = Object.assign(Object.create(null), {
    settings: { mode: 'marks' },
    clock: { now: () => 0 },
    source: { readSelection: () => Promise.reject(fault) },
    inventory: { runs: { state: async () => ({}) } },
    hooks: {
      inbox: { waiting: async () => ({ marks: [], upTo: 0 }), taken: async () => undefined },
      taken: () => undefined,
      begins,
    },
  });

  await expect(beginWithHooks(job, { id: undefined, host: 'org.example', at: 0 })).rejects.toBe(fault);
  expect(begins).not.toHaveBeenCalled();
});
