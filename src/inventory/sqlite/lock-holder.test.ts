import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { holderNow, lockingProcess } from './lock-holder.ts';
import { takeLock } from './lock.ts';

test('inventory, lock holder: it is known while the lock is held, with its process where the kernel tells', () => {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-holder-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const empty = [holderNow(folder), lockingProcess(folder)];
  const lock = takeLock(folder, { description: 'worker on here', since: '2026-08-01T10:00:00.000Z' });

  const held = [holderNow(folder), lockingProcess(folder)];
  lock.release();
  const after = [holderNow(folder), lockingProcess(folder)];

  const pid = existsSync('/proc/locks') ? process.pid : undefined;
  expect(empty).toEqual([undefined, undefined]);
  expect(held).toEqual(['worker on here since 2026-08-01T10:00:00.000Z', pid]);
  expect(after).toEqual([undefined, undefined]);
});
