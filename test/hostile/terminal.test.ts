import { PassThrough } from 'node:stream';
import { describe, expect } from 'vitest';
import { cli } from '../../src/cli.ts';
import { connectionSettings } from '../../src/simulator/index.ts';
import { systemClock } from '../../src/process/clock.ts';
import { createErrorOutput, createOutput } from '../../src/process/world.ts';
import { createTestWorld } from '../../src/process/world.fixture.ts';
import type { Stage } from '../whole-job/stage.fixture.ts';
import { test } from './meddler.fixture.ts';
import { on, type Meddle } from './meddler.ts';

/** Clears the screen, rings, turns writing round, ends the line, sets the title, and what C1 and others can do. */
const EVIL =
  'Zoe\u001B[2J\u0007\u202Eeoz\u2066\u0085\u009B2J\n\rroot\u001B]0;pwned\u0007\u200F\u061C\u2028\u200B';
/** Whatever a terminal would do more with than print, but line ends and our own colours. */
const ACTS =
  // oxlint-disable-next-line no-control-regex
  /(?!\n|\u001B\[(?:0|1|3\d|9\d|39|22)m)[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2066-\u2069]/;
const STATUS_LINE = '\r\u001B[2K';

const USERS = /^\/api\/v1\/users\?/;
const evilNames = on(USERS, ({ body }) => {
  const users: { profile: object }[] = JSON.parse(body);
  const profile = { firstName: EVIL, lastName: EVIL, displayName: EVIL, department: EVIL, [EVIL]: EVIL };
  return {
    body: JSON.stringify(users.map((user) => ({ ...user, profile: { ...user.profile, ...profile } }))),
  };
});
const evilOrg: Meddle = ({ path, body }) =>
  path.startsWith('/.well-known')
    ? { body: JSON.stringify({ ...JSON.parse(body), id: EVIL, pipeline: EVIL }) }
    : {};
const evilRefusal = on(/^\/api\/v1\/users/, () => ({
  status: 403,
  headers: { 'x-okta-request-id': 'x', 'www-authenticate': `Bearer error="${encodeURI(EVIL)}"` },
  body: JSON.stringify({ errorCode: EVIL, errorSummary: EVIL, errorCauses: [{ errorSummary: EVIL }] }),
}));

/** A command with stdout and stderr on a terminal; gives what both got, colours and the status line left out. */
async function onTerminal(argv: readonly string[], oktaUrl: string, { intake, stateDir }: Stage) {
  const stdout = new PassThrough();
  let [printed, told] = ['', ''];
  stdout.on('data', (part) => (printed += String(part)));
  const { world } = createTestWorld({
    env: {
      ...connectionSettings({ url: oktaUrl }, intake),
      STATE_DIR: stateDir,
      LOG_LEVEL: 'trace',
      DIALECT: 'ocsf-1.6.0',
    },
    clock: systemClock,
    isTerminal: true,
    isOutputTerminal: true,
    out: createOutput(stdout, { isTerminal: true, onReaderGone: () => undefined }),
    err: createErrorOutput({ write: (text) => (told += text) }, true),
  });
  const code = await cli(argv, world);
  return { code, printed, told: told.replaceAll(STATUS_LINE, '') };
}

describe('hostile input, terminal: on a terminal, names and texts that others chose only show:', () => {
  test.for([
    [['dry-run'], evilNames],
    [['dry-run', '--pretty'], evilNames],
    [['sync'], evilNames],
    [['sync'], evilRefusal],
    [['test'], evilOrg],
    [['test', '--json'], evilOrg],
    [['test'], evilRefusal],
  ] as const)('%s', async ([argv, meddle], { makeStage, meddleWith }) => {
    const stage = await makeStage({ org: { users: 4 } });
    const { url } = await meddleWith(stage.okta.url, meddle);

    const { printed, told } = await onTerminal(argv, url, stage);

    expect(printed.length + told.length).toBeGreaterThan(100);
    expect(ACTS.exec(printed)?.[0]).toBeUndefined();
    expect(ACTS.exec(told)?.[0]).toBeUndefined();
  });

  test('and JSON says the same as elsewhere', async ({ makeStage, meddleWith }) => {
    const stage = await makeStage({ org: { users: 4 } });
    const { url } = await meddleWith(stage.okta.url, evilNames);

    const { printed } = await onTerminal(['dry-run'], url, stage);

    const names = printed
      .trim()
      .split('\n')
      .map((line): { user: { display_name: string } } => JSON.parse(line))
      .map(({ user }) => user.display_name);
    expect(new Set(names)).toEqual(new Set([EVIL]));
  });
});
