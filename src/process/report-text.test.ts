import { describe, expect, test } from 'vitest';
import { reportLines } from './report-text.ts';
import { aReport } from '../ports/report.fixture.ts';

describe('process, report text: the report for people', () => {
  test('says everything in columns, the larger counts of calls first', () => {
    expect(reportLines(aReport()).join('\n')).toBe(
      [
        'outcome  completed (full run, 61.3 s)',
        'users        1,200  listed',
        '             1,200  events made, each checked against the schema',
        '                 0  dead letters',
        'gaps             0  every question that was asked was answered',
        'Okta         1,500  calls, 1.3 a user',
        '             1,494    /api/v1/users/{id}/factors',
        '                 6    /api/v1/users',
        '                 0  refused by a rate limit (429)',
        'intake       1,200  events confirmed',
        '                12  batches',
        '                 0  events waiting',
      ].join('\n'),
    );
  });

  test('names each gap by its lookup and reason', () => {
    const lines = reportLines(aReport({ gaps: { factors: { refused: 2 }, roles: { gone: 1 } } }));

    expect(lines).toContain('gaps             2  factors: Okta refused to say (403)');
    expect(lines).toContain('                 1  roles: gone from Okta in the meantime');
  });

  test('tells what stands where there is something, whatever this run has met', () => {
    const standing = { gaps: { 'group-roles': { refused: 4 } }, dead_letters: 5 };

    const [calm, troubled] = [{ gaps: {}, dead_letters: 0 }, standing].map((each) =>
      reportLines(aReport({ standing: each })),
    );

    expect(calm).toEqual(reportLines(aReport()));
    expect(troubled).toContain('standing         4  group-roles: Okta refused to say (403)');
    expect(troubled).toContain('                 5  dead letters: `okta-ocsf dead-letters` tells why');
  });

  test('says why a run failed, and divides by no user', () => {
    const lines = reportLines(
      aReport({
        outcome: 'failed',
        mode: 'marks',
        users: { listed: 0, emitted: 0, unchanged: 0, removed: 0, left_selection: 0, dead_lettered: 0 },
        error: { code: 'okta_auth', message: 'acme.okta.com refused the token' },
      }),
    );

    expect(lines[0]).toBe('outcome  failed (event hook run, 61.3 s)');
    expect(lines).toContain('gaps             0  before the run failed');
    expect(lines[1]).toBe('         okta_auth: acme.okta.com refused the token');
    expect(lines).toContain('Okta         1,500  calls');
  });
});
