import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Results } from './bench/table.ts';

const BENCH = join(import.meta.dirname, 'bench/main.ts');

test(
  'the benchmark: the benchmark measures calls, pace, work and memory, and writes them as JSON',
  { timeout: 180_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'okta-ocsf-bench-test-'));
    const file = join(folder, 'results.json');

    const { stdout } = await promisify(execFile)(process.execPath, [BENCH, '--quick', file]);
    const { sizes, pace, work }: Results = JSON.parse(await readFile(file, 'utf8'));
    await rm(folder, { recursive: true });

    const [small, larger] = sizes;
    expect(sizes.map(({ users }) => users)).toEqual([100, 300]);
    expect(small?.calls['/api/v1/users/{id}/factors']).toBe(small?.users_with_factors);
    expect(larger?.calls_per_user).toBeLessThan(2);
    expect(larger?.naive_calls_per_user).toBeGreaterThan(14);
    expect(larger?.calls_per_user_without_factors).toBeLessThan(0.5);
    expect(larger?.peak_rss_megabytes).toBeLessThan(250);
    // How well windows are used, and how long work takes, is the machine's affair: here only that it was measured.
    expect([pace.quiet.rate_limited, pace.quiet.windows > 0]).toEqual([0, true]);
    expect(pace.quiet.share_spent).toBeGreaterThan(0);
    expect(work.ratio).toBeGreaterThan(0);
    expect(stdout).toMatch(/\npeak RSS of sync, MB +\d+ +\d+\n/);
    expect(stdout).toMatch(/\ntime over floor +\d/);
  },
);
