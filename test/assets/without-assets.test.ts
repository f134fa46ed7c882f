import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { reportOf } from '../whole-job/launch.fixture.ts';
import { test } from '../whole-job/stage.fixture.ts';

/** Measured before anything but users was ever read, with the four empty tables and indexes of the history. */
const BEFORE = {
  calls: {
    '/.well-known/okta-organization': 1,
    '/api/v1/groups': 1,
    '/api/v1/groups/{id}/roles': 3,
    '/api/v1/groups/{id}/users': 8,
    '/api/v1/iam/assignees/users': 1,
    '/api/v1/logs': 1,
    '/api/v1/users': 1,
    '/api/v1/users/{id}/factors': 23,
    '/api/v1/users/{id}/roles': 19,
  },
  reportFields:
    'version dialect outcome mode run_id started_at duration_seconds users gaps stale standing okta intake vouched',
  events: '6bb7e9d88b13067d0d340ff7a2dbb7266250984a5d75321800372f942e04e2c1',
  stateBytes: 622_592,
};

test('without ASSETS calls, events, report and size of the state are as they were before assets', async ({
  makeStage,
  expect,
}) => {
  const { run, intake, stateDir } = await makeStage();

  const report = reportOf(await run(['sync'], { env: { DIALECT: 'ocsf-1.8.0' } }));

  const fields = Object.keys(report).join(' ');
  expect({
    calls: report.okta.calls,
    reportFields: fields,
    events: digestOf(intake.received.map(({ item }) => item)),
    stateBytes: statSync(join(stateDir, 'inventory.db')).size,
  }).toEqual(BEFORE);
});

/** Of all events, without ports, ids of events and the time of this run. */
function digestOf(events: readonly Readonly<Record<string, unknown>>[]): string {
  const texts = events.map((event) =>
    JSON.stringify(event)
      .replaceAll(/127\.0\.0\.1:\d+/gu, 'org')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gu, 'id')
      .replaceAll(/"(?:time|logged_time|processed_time)":\d+/gu, '"time"')
      .replaceAll(/"read_at":"[^"]*"/gu, '"read_at"'),
  );
  return createHash('sha256').update(texts.toSorted().join('\n')).digest('hex');
}
