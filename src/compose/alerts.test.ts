import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../ports/errors.ts';
import { loadSettings } from '../settings/load.ts';
import { alertRulesOf } from './alerts.ts';

const ENV = { OKTA_BASE_URL: 'https://acme.okta.com', OKTA_API_TOKEN: 'token' };
const EXAMPLE = fileURLToPath(new URL('../../docs/examples/alerts.yaml', import.meta.url));

function rulesOf(file: string, env: Readonly<Record<string, string>> = {}): ReturnType<typeof alertRulesOf> {
  return alertRulesOf(loadSettings({ ...ENV, ALERTS_FILE: file, ...env }, { requireSink: false }).settings);
}

/** A file with this text, which goes with the test. */
function written(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-alerts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'alerts.yaml');
  writeFileSync(file, text);
  return file;
}

function problemIn(text: string, env: Readonly<Record<string, string>> = {}): string {
  try {
    rulesOf(written(text), env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults.map(({ problem }) => problem).join('\n');
  }
  return 'none';
}

describe('compose, alerts', () => {
  test('the example is right: what a saved question says counts, and the subject that SQL names', () => {
    const rules = rulesOf(EXAMPLE) ?? [];

    expect(rules.map(({ id, title, subject, severity }) => [id, title, subject, severity])).toEqual([
      ['admin-without-mfa', 'Administrators without MFA', 'user', 'high'],
      ['inactive-with-admin', expect.any(String), 'user', 'medium'],
      ['contractors-with-admin', 'contractors-with-admin', 'user', 'critical'],
    ]);
    expect(rules.map(({ needs }) => needs.has('roles'))).toEqual([true, true, true]);
    expect(rules[0]?.needs.has('factors')).toBe(true);
  });

  test('all mistakes of queries are told at once, each with its line, besides those of the form', () => {
    const problem = problemIn(`alerts:
  - {id: near, query: admins-without-mf}
  - {id: writes, sql: DELETE FROM users}
  - {id: column, sql: SELECT nope AS uid FROM users}
  - {id: view, sql: SELECT id AS uid FROM sqlite_master}
  - {id: nameless, sql: SELECT id FROM users, foo: 1}
  - {id: attach, sql: "ATTACH 'x' AS y"}
  - {id: two, sql: SELECT 1 AS uid; SELECT 2 AS uid}
  - {id: app, query: access-to-app, to: [webhook], params: {ap: x}}
  - {id: since, sql: "SELECT :since AS uid", params: {since: never}}
  - {id: subject, sql: "-- subject: person\\nSELECT id AS uid FROM users"}
`);

    expect(problem.split('; ').map((each) => each.replace(/^.*alerts\.yaml, /u, ''))).toEqual([
      'line 2: there is no saved query admins-without-mf',
      'is admins-without-mfa meant?',
      'line 3: sql is no question: it is no SELECT',
      'line 4: sql is no question: no such column: nope',
      expect.stringMatching(/^line 5: sql is no question: /),
      'line 6: unknown key foo',
      expect.stringMatching(/^known are id/),
      'line 6: the query has no column uid',
      expect.stringMatching(/^line 7: sql is no question: /),
      'line 8: sql is no question: it is more than one statement',
      'line 9: to: webhook needs ALERT_WEBHOOK_URL',
      'line 9: the query needs apps, app-users in ASSETS',
      'line 9: params has no value for app',
      'line 9: params has ap, which the query does not have',
      expect.stringMatching(/^line 10: params since must be a span/),
      'line 11: its subject is none of user, group, app, rule, device, org',
    ]);
  });

  test('another text or other parameters make another rule, the order of parameters does not', () => {
    const fingerprints = [
      '{id: a, sql: "SELECT :x AS uid, :y AS y", params: {x: 1, y: 2}}',
      '{id: a, sql: "SELECT :x AS uid, :y AS y", params: {y: 2, x: 1}, severity: low, when: any}',
      '{id: a, sql: "SELECT :x AS uid, :y AS y", params: {x: 1, y: 3}}',
      '{id: a, sql: "SELECT :x AS uid,  :y AS y", params: {x: 1, y: 2}}',
    ].map((rule) => rulesOf(written(`alerts: [${rule}]`))?.[0]?.fingerprint);

    expect(fingerprints[1]).toBe(fingerprints[0]);
    expect(new Set(fingerprints).size).toBe(3);
  });

  test('a file of 10 MB is not parsed', () => {
    const file = written(`alerts: []\n# ${'x'.repeat(10_000_000)}`);

    expect(() => rulesOf(file)).toThrow('ALERTS_FILE: names a file that is larger than 128 KiB');
  });

  test('of many mistakes some are told, and the number of the others', () => {
    const problem = problemIn(
      `alerts:\n${Array.from({ length: 50 }, () => '  - {id: a, id2: b}').join('\n')}`,
    );

    expect(problem).toMatch(/; and \d+ more$/);
  });
});
