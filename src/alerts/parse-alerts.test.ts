import { describe, expect, test } from 'vitest';
import { parseAlerts } from './parse-alerts.ts';

const WHOLE = `
alerts:
  - id: admin-without-mfa
    query: admins-without-mfa
    severity: high
    to: [webhook, findings]
  - id: app-access
    sql: |
      -- subject: user
      SELECT user_id AS uid FROM access WHERE app_id = :app
    params: { app: 0oa1, most: 3 }
    severity: low
    when: any
    to: webhook
    baseline: silent
`;

function faultsOf(text: string): readonly string[] {
  return parseAlerts(text).faults.map(({ line, words }) => `${line}: ${words}`);
}

describe('alerts, file', () => {
  test('rules are read with their defaults', () => {
    const { entries, faults } = parseAlerts(WHOLE);

    expect(faults).toEqual([]);
    expect(entries).toEqual([
      {
        rule: {
          id: 'admin-without-mfa',
          ask: { query: 'admins-without-mfa' },
          params: {},
          severity: 'high',
          when: 'appears',
          to: ['webhook', 'findings'],
          baseline: 'summary',
        },
        queryLine: 4,
        paramsLine: 4,
      },
      {
        rule: {
          id: 'app-access',
          ask: { sql: '-- subject: user\nSELECT user_id AS uid FROM access WHERE app_id = :app' },
          params: { app: '0oa1', most: 3 },
          severity: 'low',
          when: 'any',
          to: ['webhook'],
          baseline: 'silent',
        },
        queryLine: 8,
        paramsLine: 11,
      },
    ]);
  });

  test('JSON is YAML, and an anchor may be used twice', () => {
    const json = '{"alerts": [{"id": "a", "query": "q", "severity": "critical"}]}';
    const anchored = 'alerts:\n  - {id: a, query: q, to: &to [findings]}\n  - {id: b, query: q, to: *to}';

    expect(parseAlerts(json).entries.map(({ rule }) => rule.severity)).toEqual(['critical']);
    expect(parseAlerts(anchored).entries.map(({ rule }) => rule.to)).toEqual([['findings'], ['findings']]);
  });

  test('all mistakes are told at once, each with its line', () => {
    const text = `
alerts:
  - id: one
    query: q
    sevrity: high
  - id: one
    query: q
    severity: severe
    when: sometimes
    to: [webhook, pager]
    baseline: loud
  - query: q
  - id: no spaces
    query: q
  - id: neither
  - id: both
    query: q
    sql: SELECT 1 AS uid
  - id: params
    query: q
    params: { app: [1] }
  - just a text
more: 1
`;

    expect(faultsOf(text)).toEqual([
      '5: unknown key sevrity; known are id, query, sql, params, severity, when, to, baseline',
      '6: id one is given twice, first in line 3',
      '8: severity must be one of informational, low, medium, high, critical',
      '9: when must be one of appears, any, count-changes',
      '10: to must be some of webhook, findings',
      '11: baseline must be one of summary, silent',
      '12: has no id',
      '13: id must be at most 64 letters, digits, dots, hyphens and underscores',
      '15: has neither query, the name of a saved one, nor sql',
      '18: has both query and sql: keep one of the two',
      '21: the value of params app must be a text or a number',
      '22: must be alerts: and a list of rules, each with id, query or sql, and severity',
      '23: unknown key more; known are alerts',
    ]);
  });

  test.for([
    ['no YAML', 'alerts: [', [expect.stringMatching(/^1: is neither YAML nor JSON/)]],
    ['a key twice', 'alerts: []\nalerts: []', ['2: gives a key twice']],
    ['no list', 'alerts: 7', [expect.stringMatching(/^1: must be alerts:/)]],
    ['nothing', '', [expect.stringMatching(/^1: must be alerts:/)]],
    ['an anchor without a node', 'alerts: *none', [expect.stringMatching(/^1: must be alerts:/)]],
    ['an anchor in itself', 'alerts: &a\n  - *a', [expect.stringMatching(/^2: must be alerts:/)]],
    [
      'a list in itself as targets',
      'alerts:\n  - {id: a, query: q, to: &t [*t]}',
      ['2: to must be some of webhook, findings'],
    ],
  ] as const)('%s is a mistake', ([, text, faults]) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  test('nesting without end is a mistake, and nothing worse', () => {
    expect(faultsOf(`alerts: ${'['.repeat(5000)}`)[0]).toBe('1: is neither YAML nor JSON');
  });

  test('more rules than can be told are a mistake', () => {
    const rules = Array.from({ length: 51 }, (_, at) => `  - {id: r${at}, query: q}`);

    expect(faultsOf(`alerts:\n${rules.join('\n')}`)).toEqual(['2: has 51 rules; at most 50 are allowed']);
  });
});
