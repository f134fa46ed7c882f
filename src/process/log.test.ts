import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { OktaAuthError } from '../ports/errors.ts';
import { createLog, plainText, type LogOptions } from './log.ts';
import type { LogLevel, RootLog } from '../ports/log.ts';
import { Secret } from '../settings/secret.ts';

const TOKEN = '00tokentokentoken';

interface Recorded {
  readonly log: RootLog;
  readonly text: () => string;
  readonly lines: () => Record<string, unknown>[];
}

function record(options: Partial<LogOptions> = {}): Recorded {
  let text = '';
  const log = createLog(
    { write: (part) => (text += part) },
    { level: 'trace', secrets: [TOKEN], pretty: false, now: () => 0, ...options },
  );
  const Line = z.record(z.string(), z.unknown());
  return {
    log,
    text: () => text,
    lines: () =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => Line.parse(JSON.parse(line))),
  };
}

describe('process, log: a line for machines', () => {
  test('is JSON with level, time, fields and message, and nothing of the machine', () => {
    const { log, lines } = record();

    log.info({ users: 3 }, 'run ended');

    expect(lines()).toEqual([
      { level: 'info', time: '1970-01-01T00:00:00.000Z', users: 3, msg: 'run ended' },
    ]);
  });

  test('of a run carries its id', () => {
    const { log, lines } = record();

    log.child({ run_id: 'id-1' }).warn({}, 'a warning');

    expect(lines()[0]).toMatchObject({ run_id: 'id-1', level: 'warn' });
  });

  test('is written from the chosen level on', () => {
    const { log, text } = record({ level: 'warn' });

    log.info({}, 'not this');

    expect(text()).toBe('');
  });

  test('follows a level that changes, in the log of a run too', () => {
    const options: { level: LogLevel } & Omit<LogOptions, 'level'> = {
      level: 'info',
      secrets: [],
      pretty: false,
      now: () => 0,
    };
    let text = '';
    const log = createLog({ write: (part) => (text += part) }, options).child({ run_id: 'id-1' });

    for (const level of ['info', 'trace', 'silent', 'warn'] as const) {
      options.level = level;
      log.debug({}, `debug at ${level}`);
      log.warn({}, `warn at ${level}`);
    }

    expect(text.match(/\w+ at \w+/g)).toEqual([
      'warn at info',
      'debug at trace',
      'warn at trace',
      'warn at warn',
    ]);
  });

  test('hides the secrets of the moment', () => {
    const options = {
      level: 'info' as const,
      secrets: ['first-secret'],
      pretty: false as const,
      now: () => 0,
    };
    let text = '';
    const log = createLog({ write: (part) => (text += part) }, options);

    log.info({}, 'first-secret second-secret');
    options.secrets = ['first-secret', 'second-secret'];
    log.info({}, 'first-secret second-secret');

    expect(text.match(/"msg":"[^"]*"/g)).toEqual([
      '"msg":"[hidden] second-secret"',
      '"msg":"[hidden] [hidden]"',
    ]);
  });

  test('tells of an error only what it says of itself', () => {
    const { log, lines } = record();
    const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET', options: { body: 'the request' } });

    log.debug({ err: new OktaAuthError('refused', { cause }) }, 'failed');

    expect(lines()[0]?.['err']).toMatchObject({
      type: 'OktaAuthError',
      code: 'okta_auth',
      message: 'refused',
      cause: { message: 'reset', code: 'ECONNRESET' },
    });
    expect(JSON.stringify(lines())).not.toContain('the request');
  });
});

describe('process, log: no secret is written', () => {
  test.each([
    ['in a message of an error', { err: new Error(`bad header SSWS ${TOKEN}`) }],
    ['deep in a field', { a: [{ b: `x${TOKEN}x` }] }],
    ['as a name', { [TOKEN]: 1 }],
    ['in a URL', { url: `https://h/?q=${encodeURIComponent(TOKEN)}` }],
    ['as a Secret', { value: new Secret(TOKEN) }],
    ['in a cause', { err: new Error('outer', { cause: new Error(TOKEN) }) }],
    ['in a thrown text', { err: TOKEN }],
  ])('%s', (_where, fields) => {
    const { log, text } = record();

    log.info(fields, 'said');

    expect(text()).not.toContain(TOKEN);
    expect(text()).toContain('[hidden]');
  });

  test.each([
    'token',
    'apiKey',
    'Authorization',
    'client_secret',
    'set-cookie',
    'profile',
    'password',
    'OKTA_API_TOKEN',
  ])('whatever is called %s, at any depth', (name) => {
    const { log, text } = record();

    log.info(
      { request: { headers: [{ [name]: 'unknown-to-us' }] }, [name]: { text: 'unknown-to-us' } },
      'said',
    );

    expect(text()).not.toContain('unknown-to-us');
  });

  test('counts and flags are told under any name', () => {
    const { log, lines } = record();

    log.info({ token_requests: 3, has_key: true }, 'said');

    expect(lines()[0]).toMatchObject({ token_requests: 3, has_key: true });
  });

  test('a secret with signs that JSON escapes is found as well', () => {
    const odd = 'ab"cd\\ef';
    const { log, lines } = record({ secrets: [odd] });

    log.info({ text: `is ${odd}` }, 'said');

    expect(lines()[0]?.['text']).toBe('is [hidden]');
  });
});

describe('process, log: a line for people', () => {
  test('is one line with message and fields', () => {
    const { log, text } = record({ pretty: { colour: false } });

    log.child({ run_id: 'id-1' }).info({ users: 3 }, 'run ended');

    expect(text()).toMatch(/^\[.*\] INFO: run ended \{"run_id":"id-1","users":3\}\n$/);
  });

  test('has colours when wanted', () => {
    const { log, text } = record({ pretty: { colour: true } });

    log.info({}, 'run ended');

    expect(text()).toContain('\u001B[');
  });

  test.each([{ pretty: false as const }, { pretty: { colour: false } }])(
    'cannot be broken or coloured from outside: %j',
    (options) => {
      const { log, text } = record(options);

      log.info({ login: 'a\n\u001B[2J\u009B31m\u202Eb\r' }, 'said');

      expect(text().trimEnd()).not.toContain('\n');
      // oxlint-disable-next-line no-control-regex
      expect(text().trimEnd()).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/);
    },
  );

  test('shows where an error came from, line by line', () => {
    const { log, text } = record({ pretty: { colour: false } });

    log.debug({ err: new Error('broken\nINFO: forged') }, 'failed');

    expect(text()).toMatch(/\n\s+"at .*log\.test\.ts/);
    expect(text()).not.toMatch(/^INFO: forged/m);
  });
});

test('process, log: plain text shows what it took out', () => {
  expect(plainText('é\u001B[1m\n')).toBe(String.raw`é\u001b[1m\u000a`);
});
