import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { reportOf } from './launch.fixture.ts';
import { printedEvents, userOf } from './said.fixture.ts';
import { test as staged, type Stage } from './stage.fixture.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/recordings');
const REPLAY = join(FOLDER, 'replay.mjs');
const RECORDINGS = join(FOLDER, 'okta-dev-org.json');
const DEPROVISIONED = '/api/v1/users?filter=status%20eq%20%22DEPROVISIONED%22';

type Events = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Recorded answers of a real org, which are no part of this repository. */
const test = staged.extend('replayUrl', async ({ onTestFinished, skip }) => {
  skip(!existsSync(REPLAY), `the recordings are not here: ${REPLAY}`);
  const child = spawn(process.execPath, [REPLAY], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const [line]: unknown[] = await once(child.stdout, 'data');
  return String(line).trim();
});

interface Recorded {
  readonly path: string;
  readonly body: readonly { readonly id: string; readonly profile: { readonly login: string } }[];
}

/** The recording of a path. The expectation is read from it, since no part of it may be stored here. */
function recorded(path: string): Recorded['body'] {
  const all: Recorded[] = JSON.parse(readFileSync(RECORDINGS, 'utf8'));
  return all.find((each) => each.path === path)?.body ?? [];
}

/** By login: "Admin" where Okta recorded any role (all of them are active and of one type), and the groups' ids. */
function expectedOf(users: Recorded['body']): object {
  const said = users.map(({ id, profile }) => [
    profile.login,
    {
      type: recorded(`/api/v1/users/${id}/roles`).length > 0 ? 'Admin' : 'User',
      groups: recorded(`/api/v1/users/${id}/groups`).map((group) => group.id),
    },
  ]);
  return Object.fromEntries(said);
}

function saidIn(events: Events): Record<string, { readonly type: unknown; readonly groups: unknown }> {
  const said = [...events.values()].map(userOf).map(({ name, type, groups }) => {
    const ids = Array.isArray(groups) ? groups.map(({ uid }: { readonly uid: string }) => uid) : groups;
    return [name, { type, groups: ids }];
  });
  return Object.fromEntries(said);
}

function adminsIn(events: Events): number {
  return Object.values(saidIn(events)).filter(({ type }) => type === 'Admin').length;
}

async function sync({ run, intake }: Stage, env: Record<string, string>) {
  const ended = await run(['sync'], { env });
  expect(ended.code).toBe(0);
  return { report: reportOf(ended), events: intake.latestByUid() };
}

describe.concurrent('whole job, recordings: the recorded org', () => {
  test('dry-run prints its six users: five of them Admin, none with MFA', async ({
    makeStage,
    replayUrl,
  }) => {
    const { run } = await makeStage();

    const ended = await run(['dry-run'], { env: { OKTA_BASE_URL: replayUrl } });
    const events = printedEvents(ended);

    expect(ended.code).toBe(0);
    expect(saidIn(events)).toStrictEqual(expectedOf(recorded('/api/v1/users')));
    expect([events.size, adminsIn(events)]).toEqual([6, 5]);
    for (const event of events.values()) expect(userOf(event)['has_mfa']).toBe(false);
  });

  test('sync delivers the same six', async ({ makeStage, replayUrl }) => {
    const { report, events } = await sync(await makeStage(), { OKTA_BASE_URL: replayUrl });

    expect(saidIn(events)).toStrictEqual(expectedOf(recorded('/api/v1/users')));
    expect([events.size, adminsIn(events)]).toEqual([6, 5]);
    for (const event of events.values()) expect(userOf(event)['has_mfa']).toBe(false);
    expect(report).toMatchObject({ outcome: 'completed', users: { listed: 6, emitted: 6 }, gaps: {} });
  });

  test('INCLUDE_DEPROVISIONED adds the seventh, of whom nothing is said about MFA', async ({
    makeStage,
    replayUrl,
  }) => {
    const env = { OKTA_BASE_URL: replayUrl, INCLUDE_DEPROVISIONED: 'true' };
    const { report, events } = await sync(await makeStage(), env);

    const [gone, ...others] = recorded(DEPROVISIONED);
    expect(others).toEqual([]);
    expect(saidIn(events)).toStrictEqual(expectedOf([...recorded('/api/v1/users'), ...(gone ? [gone] : [])]));
    expect([events.size, adminsIn(events)]).toEqual([7, 5]);
    const event = events.get(gone?.id ?? '') ?? {};
    expect(userOf(event)).not.toHaveProperty('has_mfa');
    expect(event).toMatchObject({ enrichments: [{ data: { is_enabled: false } }] });
    expect(report.users).toMatchObject({ listed: 7, emitted: 7 });
  });
});
