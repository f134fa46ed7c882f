import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError, ConnectorError } from '../../src/ports/errors.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { readAnswer } from '../../src/sinks/sekoia/answers.ts';
import { createEventCheck } from '../../src/inspect/check-events.ts';
import { judgeAnswer } from '../../src/okta/read/answers.ts';
import { readChallenge } from '../../src/okta/auth/challenge.ts';
import { isOvergrown } from '../../src/okta/read/overgrown.ts';
import { readRate, serverTime } from '../../src/okta/pace/rate-headers.ts';
import { readUser } from '../../src/okta/read/schema.ts';
import { LOG_FILTER, readEntry } from '../../src/okta/read/system-log.ts';
import { judgeTokenAnswer } from '../../src/okta/auth/token-answers.ts';

const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-parsers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LOG_TYPES = [...LOG_FILTER.matchAll(/"([^"]+)"/g)].map(([, type = '']) => type);
/** Names that every object has, besides any others. */
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'),
);
const anything = fc.oneof(fc.jsonValue(), name);
const status = fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom(200, 400, 401, 403, 422, 429));
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.json());

describe('hostile input, parsers: an entry of the System Log', () => {
  const target = fc.oneof(
    anything,
    fc.record({ id: fc.oneof(name, anything), type: fc.constantFrom('User', 'UserGroup', 'X') }),
  );
  const entry = fc.record(
    {
      eventType: fc.oneof(fc.constantFrom(...LOG_TYPES), name, anything),
      outcome: fc.oneof(anything, fc.record({ result: fc.oneof(fc.constant('SUCCESS'), anything) })),
      target: fc.oneof(anything, fc.array(target, { maxLength: 5 })),
    },
    { requiredKeys: [] },
  );

  test('becomes marks, or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(entry, anything), (given) => {
        const { marks } = readEntry(JSON.parse(JSON.stringify(given)));
        expect(marks.every(({ id }) => id !== '')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('with very many users and groups asks for the groups as a whole, not for each user of each', () => {
    const targets = Array.from({ length: 20_000 }, (_, at) => ({
      id: `x${at}`,
      type: at % 2 === 0 ? 'User' : 'UserGroup',
    }));

    const { marks } = readEntry({ eventType: 'group.user_membership.add', target: targets });

    expect(marks).toHaveLength(10_000);
    expect(marks[0]).toEqual({
      subject: 'group',
      id: 'x1',
      question: 'members',
      reason: 'changed',
      from: 'group.user_membership.add',
    });
  });
});

describe('hostile input, parsers: an answer of the token endpoint', () => {
  test('is a token, a next step or a named error', () => {
    const body = fc.oneof(
      text,
      fc
        .record(
          {
            error: name,
            error_description: name,
            access_token: name,
            token_type: name,
            expires_in: anything,
          },
          { requiredKeys: [] },
        )
        .map((each) => JSON.stringify(each)),
    );
    fc.assert(
      fc.property(status, body, name, (code, said, header) => {
        const verdict = judgeTokenAnswer(
          { kind: 'answer', status: code, headers: { 'www-authenticate': header }, text: said },
          'acme.okta.example',
        );
        if (!('error' in verdict)) return;
        expect(verdict.error).toBeInstanceOf(ConnectorError);
        expect(typeof verdict.error.hint).toBe('string');
      }),
      { numRuns: 1000 },
    );
  });

  test('is looked through once, however long: the time limit of the test is the check', () => {
    const long = JSON.stringify({ error: 'x', error_description: 'a'.repeat(10_000_000) });

    const read = readChallenge({ kind: 'answer', status: 400, headers: {}, text: long });

    expect(read.error).toBe('x');
  });
});

describe('hostile input, parsers: an answer of Okta', () => {
  test('is a body, a wait, another try or a named error', () => {
    fc.assert(
      fc.property(status, text, name, (code, said, id) => {
        const headers = { 'x-okta-request-id': id, 'www-authenticate': id };
        const answer = { kind: 'answer', status: code, headers, text: said } as const;
        const verdict = judgeAnswer(answer, '/api/v1/users', 'acme.okta.example', 'service-app');
        if (verdict.kind === 'error') expect(verdict.error).toBeInstanceOf(ConnectorError);
        else expect(['ok', 'rate-limited', 'again']).toContain(verdict.kind);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['values in texts do not count', `["${'[{,'.repeat(3_000_000)}"]`, false],
    ['nor do escaped quotes end a text', `["${'\\",'.repeat(3_000_000)}"]`, false],
    ['brackets do', '['.repeat(3_000_000), true],
    ['and so do lists', `[${'1,'.repeat(3_000_000)}1]`, true],
  ])('of too many values is not parsed: %s', (_, body, expected) => {
    expect(isOvergrown(body)).toBe(expected);
  });

  test('has a time, and limits, that can be counted with, or none', () => {
    const header = fc.oneof(
      name,
      fc.integer().map(String),
      fc.date({ noInvalidDate: false }).map(String),
      fc.constantFrom('-271821-04-20T00:00:00.000Z', '600, 600', '1e308', 'Sat, 01 Aug 2026 10:00:00 GMT'),
    );
    fc.assert(
      fc.property(header, header, header, header, (date, limit, remaining, reset) => {
        const headers = {
          date,
          'x-rate-limit-limit': limit,
          'x-rate-limit-remaining': remaining,
          'x-rate-limit-reset': reset,
        };
        const at = serverTime(headers);
        if (at !== undefined) expect(new Date(at - 600_000).toISOString()).toMatch(/^\d{4}-/);
        const rate = readRate(headers);
        if (rate === undefined) return;
        expect(Object.values(rate).every((each) => Number.isSafeInteger(each) && each >= 0)).toBe(true);
        expect(rate.remaining).toBeLessThanOrEqual(rate.limit);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("hostile input, parsers: a user's record as Okta gave it", () => {
  test('is kept as text without secrets, however deep, whatever its keys', () => {
    const levels = 100_000;
    const deep: unknown = JSON.parse('{"a":'.repeat(levels) + '"secret"' + '}'.repeat(levels));
    fc.assert(
      fc.property(fc.dictionary(name, anything), (profile) => {
        const given = { id: '1', profile: { ...profile, deep, apiToken: 'hush' } };
        const listed = readUser(given, 0, { keepsRaw: true });
        if (listed.kind !== 'user') return;
        expect(listed.user.raw?.length).toBeLessThan(100_000);
        expect(listed.user.raw).not.toContain('hush');
      }),
      { numRuns: 50 },
    );
  });
});

describe('hostile input, parsers: an answer of the intake', () => {
  test('is a receipt with a short reason, or a named error', () => {
    fc.assert(
      fc.property(status, text, name, (code, said, header) => {
        try {
          const receipt = readAnswer(
            { status: code, headers: { 'retry-after': header, date: header }, text: said, isWhole: true },
            'host',
            { events: 1, secret: 'key' },
          );
          if ('reason' in receipt) {
            expect(receipt.reason.length).toBeLessThanOrEqual(500);
            expect(receipt.reason).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ConnectorError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('hostile input, parsers: settings', () => {
  const NAMES = [
    'OKTA_BASE_URL',
    'OKTA_API_TOKEN',
    'OKTA_CLIENT_ID',
    'OKTA_PRIVATE_KEY',
    'OKTA_KEY_ID',
    'LOOKUPS',
    'OKTA_USER_SEARCH',
    'MODULE_CONFIGURATION',
    'CONNECTOR_CONFIGURATION',
    'HTTPS_PROXY',
    'MAX_REMOVALS',
    'DIALECT',
    'RISK_RULES',
    'STATE_DIR',
  ] as const;
  const value = fc.oneof(
    text,
    name,
    fc.webUrl(),
    fc.constantFrom('https://acme.okta.com', '00token', '{"keys":[{}]}'),
  );

  function outcome(env: Record<string, string>, configFile?: string): unknown {
    try {
      return typeof loadSettings(env, { configFile, requireSink: false });
    } catch (error) {
      return error instanceof ConfigError ? 'mistakes' : error;
    }
  }

  test('of any texts are right, or a list of mistakes', () => {
    const env = fc.dictionary(fc.constantFrom(...NAMES), value);
    fc.assert(
      fc.property(env, (given) => {
        expect(['object', 'mistakes']).toContain(outcome(given));
      }),
      { numRuns: 500 },
    );
  });

  test('in any file are right, or a list of mistakes', () => {
    const line = fc
      .tuple(fc.oneof(name, fc.constantFrom(...NAMES)), value)
      .map(([key, each]) => `${key}: ${each}`);
    const content = fc.oneof(
      text,
      fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n')),
    );
    const file = join(folder, 'settings.yaml');
    fc.assert(
      fc.property(content, (given) => {
        writeFileSync(file, given);
        expect(['object', 'mistakes']).toContain(outcome({}, file));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['lists in lists', `LOOKUPS: ${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects in objects', '{"a":'.repeat(100_000)],
    ['dashes', '- '.repeat(100_000)],
    [
      'names that grow',
      `${'abcdefgh'
        .split('')
        .map(
          (each, at) =>
            `${each}: &${each} [${at === 0 ? 'x' : `*${'abcdefgh'[at - 1]}`.concat(', ').repeat(9)}x]`,
        )
        .join('\n')}\nOKTA_BASE_URL: *h`,
    ],
    ['another type', 'OKTA_BASE_URL: !!js/function "function () {}"'],
  ])('in a file of %s are a mistake, told in time', (_, content) => {
    const file = join(folder, 'hostile.yaml');
    writeFileSync(file, content);

    expect(() => loadSettings({}, { configFile: file, requireSink: false })).toThrow(ConfigError);
  });
});

describe('hostile input, parsers: events to be validated', () => {
  test.each([
    ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects', '{"user":'.repeat(100_000) + '1' + '}'.repeat(100_000)],
    ['managers', `{"user":${'{"ldap_person":{"manager":'.repeat(30_000)}{}${'}}'.repeat(30_000)}}`],
  ])('of very many levels of %s are at fault, told in time', (_, content) => {
    const { faults } = createEventCheck('ocsf-1.6.0')({ text: content, line: 1 });

    expect(faults).not.toEqual([]);
  });

  test('of any JSON have faults with lines, or none', () => {
    const check = createEventCheck();
    fc.assert(
      fc.property(fc.oneof(text, fc.json()), (given) => {
        const { events, faults } = check({ text: given, line: 1 });
        expect(events).toBeGreaterThanOrEqual(0);
        expect(faults.every(({ line }) => line >= 1)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
