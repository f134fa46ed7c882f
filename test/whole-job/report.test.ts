import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { meddle } from '../../src/inventory/sqlite/inventory.fixture.ts';
import { faultsOf } from '../output-faults.ts';
import { runHere } from './here.fixture.ts';
import { reportOf, type Ended } from './launch.fixture.ts';
import { expectedEvents } from './said.fixture.ts';
import { test } from './stage.fixture.ts';

describe.concurrent('whole job, report: the memory of runs', () => {
  test('each run is told again as it was printed, with STATE_DIR and no other setting', async ({
    makeStage,
    expect,
  }) => {
    const { run, stateDir } = await makeStage({ org: { brokenUsers: true } });
    const alone = (...argv: string[]): Promise<Ended> => runHere(argv, { env: { STATE_DIR: stateDir } });

    const full = await run(['sync'], { env: { ORG_LABEL: 'acme' }, isTerminal: true });
    const words = await alone('report');
    const failed = await run(['sync'], { env: { OKTA_API_TOKEN: '00wrongwrongwrong' } });
    // An Okta that nobody reaches: the run is told as the one that was due.
    const unreached = await run(['sync'], {
      env: { OKTA_BASE_URL: 'http://127.0.0.1:1' },
      sleepsFaster: 1000,
    });
    const quiet = await run(['sync']);
    const unknown = await alone('report', 'no-such-run', '--json');

    const ids = [full, failed].map((ended) => reportOf(ended).run_id);
    expect((await alone('report', ids[0] ?? '', '--json')).stdout).toBe(full.stdout);
    expect((await alone('report', ids[1] ?? '', '--json')).stdout).toBe(failed.stdout);
    expect((await alone('report', '--last', '--json')).stdout).toBe(quiet.stdout);
    expect([words.code, words.stderr, words.stdout.split('\n').slice(0, 2)]).toEqual([
      0,
      '',
      [
        expect.stringMatching(`^run {6}${ids[0]}, started 2.*Z, okta-ocsf .*, acme$`),
        expect.stringMatching(/^outcome {2}completed \(full run/),
      ],
    ]);
    // A terminal gets the words at the end of the run, too.
    expect(full.stderr.endsWith(words.stdout)).toBe(true);
    expect(reportOf(unreached)).toMatchObject({ outcome: 'failed', mode: 'incremental' });
    expect([unknown.code, unknown.stdout]).toEqual([1, '']);
    expect(unknown.stderr).toMatch(/^error: .* no report of a run with this id\nhint: /);
    expect([full, failed, quiet].flatMap((ended) => faultsOf('report', reportOf(ended)))).toEqual([]);
  });

  test('--html writes the status page into one file: as it is, without script, names or ids', async ({
    makeStage,
    expect,
  }) => {
    const { run, org, stateDir } = await makeStage();
    const file = join(stateDir, 'page.html');
    const freeze = (...argv: string[]): Promise<Ended> =>
      runHere(['report', ...argv], { env: { STATE_DIR: stateDir } });
    const none = await freeze('--html', file);
    await run(['sync']);
    const well = await freeze('--html', file);
    const page = readFileSync(file, 'utf8');
    const failed = await run(['sync'], { env: { OKTA_API_TOKEN: '00wrongwrongwrong' } });
    await freeze('--last', '--html', file);
    const later = readFileSync(file, 'utf8');
    const printed = await freeze('--html', '-');
    const wrong = [
      await freeze('--html', file, '--json'),
      await freeze('--html', join(stateDir, 'no', 'page')),
    ];

    expect([none.code, well.code, well.stdout, well.stderr]).toEqual([1, 0, '', '']);
    expect(page).toMatch(/^<!doctype html>[^]*All is well: the last run completed a moment ago[^]*<\/html>$/);
    expect(page).toContain(`${expectedEvents(org).size} users, of whom `);
    expect(later).toContain('Unwell: Okta refuses the credential');
    expect(printed.stdout).toMatch(/^<!doctype html>[^]*Unwell: Okta refuses[^]*<\/html>$/);
    expect(later).toContain('Give a valid Okta credential');
    const names = org.users.flatMap((user) => [user.id, org.profile(user)['login']]);
    const told = [...names, reportOf(failed).run_id].filter(
      (name) => typeof name === 'string' && `${page}${later}`.includes(name),
    );
    expect(told).toEqual([]);
    expect(later).not.toContain('<script');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(wrong.map(({ code, stderr }) => [code, stderr])).toEqual([
      [2, expect.stringMatching(/^error: --html writes the whole status page/)],
      [2, expect.stringMatching(/^error: --html cannot be written/)],
    ]);
  });

  test('without a run, or with rows that make no sense, it says so and breaks nothing', async ({
    makeStage,
    expect,
  }) => {
    const { run, stateDir } = await makeStage();
    const none = await run(['report']);
    await run(['dry-run', '--limit', '1']);
    const afterDryRun = await run(['report']);
    const first = await run(['sync', '--full']);
    await run(['sync', '--full']);

    const damage = (where: string) => meddle({ folder: stateDir }, `UPDATE runs SET report = '{' ${where}`);
    damage('WHERE sequence = 2');
    const skipped = await run(['report', '--json']);
    damage('');
    const left = await run(['report']);
    const later = await run(['sync']);

    expect([none, afterDryRun].map(({ code, stderr }) => [code, stderr])).toEqual([
      [1, expect.stringMatching(/^error: there is no inventory in .*\nhint: /)],
      [1, expect.stringMatching(/^error: there is no inventory in .*\nhint: /)],
    ]);
    expect([skipped.code, skipped.stdout, skipped.stderr]).toEqual([
      0,
      first.stdout,
      expect.stringMatching(/^warning: .*1 of the last 2 runs make no sense/),
    ]);
    expect([left.code, left.stderr]).toEqual([
      1,
      expect.stringMatching(/2 of the last 2.*\nerror: .* no report/s),
    ]);
    expect([later.code, (await run(['report', '--json'])).stdout]).toEqual([0, later.stdout]);
  });
});
