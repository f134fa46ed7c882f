import { describe, expect } from 'vitest';
import type { OktaServer } from '../../src/simulator/index.ts';
import { changing } from '../incremental/changing-stage.fixture.ts';
import { test } from '../hostile/meddler.fixture.ts';
import { on, type Meddle } from '../hostile/meddler.ts';
import { reportOf } from './launch.fixture.ts';
import { expectEvents } from './said.fixture.ts';

const USER = '/api/v1/users/{id}';
const ANSWERS = [
  [403, { refused: 1 }],
  [500, { unavailable: 1 }],
  [400, { unavailable: 1 }],
  [302, { unreadable: 1 }],
] as const;

function refuseAlone(okta: OktaServer, id: string, status: number): void {
  okta.setRefusals([{ template: USER, only: (asked) => asked === id, status }]);
}

/** No list names that user any more. */
function hide(id: string): Meddle {
  return on(/^\/api\/v1\/users\?/, ({ body }) => {
    const users: readonly { readonly id: string }[] = JSON.parse(body);
    return { body: JSON.stringify(users.filter((user) => user.id !== id)) };
  });
}

describe.concurrent('whole job, unread users: a known user who is not listed any more', () => {
  test.for(ANSWERS)(
    'and answers %i when read alone is kept as a gap, and holds nobody up',
    async ([status, users], { makeStage, meddleWith }) => {
      const stage = changing(await makeStage());
      const [hidden = '', renamed = ''] = active(stage.org);
      let isHidden = false;
      const meddler = await meddleWith(stage.okta.url, (passing, response) =>
        isHidden ? hide(hidden)(passing, response) : {},
      );
      const env = { OKTA_BASE_URL: meddler.url };
      const sync = async (): Promise<ReturnType<typeof reportOf>> =>
        reportOf(await stage.run(['sync', '--full'], { env, sleepsFaster: 50 }));
      await sync();
      isHidden = true;
      refuseAlone(stage.okta, hidden, status);
      stage.mutations.updateProfile(renamed, { displayName: 'Renamed' });

      const disturbed = await sync();

      expect(disturbed).toMatchObject({
        outcome: 'completed_with_gaps',
        gaps: { users },
        standing: { gaps: { users } },
        users: { removed: 0, emitted: 1 },
      });
      stage.expectTruth();
      const quiet = reportOf(await stage.run(['sync', '--incremental'], { env, sleepsFaster: 50 }));
      expect(quiet).toMatchObject({ outcome: 'completed_with_gaps', standing: { gaps: { users } } });

      stage.okta.setRefusals([]);
      expect(await sync()).toMatchObject({
        outcome: 'completed',
        gaps: {},
        standing: { gaps: {}, dead_letters: 0 },
        users: { removed: 0 },
      });
    },
  );
});

describe.concurrent('whole job, unread users: a user whom the log marks', () => {
  test.for(ANSWERS)(
    'and who answers %i when read alone keeps the mark, and holds nobody up',
    async ([status, users], { makeStage }) => {
      const stage = changing(await makeStage());
      const [gone = '', renamed = ''] = active(stage.org);
      const sync = async (): Promise<ReturnType<typeof reportOf>> =>
        reportOf(await stage.run(['sync'], { sleepsFaster: 50 }));
      await sync();
      stage.mutations.deactivate(gone);
      stage.mutations.deleteUser(gone);
      refuseAlone(stage.okta, gone, status);
      stage.mutations.updateProfile(renamed, { displayName: 'Renamed' });

      const disturbed = await sync();

      expect(disturbed).toMatchObject({
        mode: 'incremental',
        outcome: 'completed_with_gaps',
        gaps: { users },
        users: { removed: 0 },
      });
      expect(JSON.stringify(stage.latest().get(renamed))).toContain('"Renamed"');

      stage.okta.setRefusals([]);
      expect(await sync()).toMatchObject({ outcome: 'completed', gaps: {}, users: { removed: 1 } });
    },
  );
});

test.for([
  ['is refused', 403, 'refused', ''],
  ['leaves the org', 200, 'unavailable', '<https://thief.example/api/v1/users?after=1>; rel="next"'],
] as const)(
  'whole job, unread users: a list of deactivated users that %s is a gap and a note; all others are right',
  async ([, status, reason, link], { makeStage, meddleWith }) => {
    const { org, okta, intake, run } = await makeStage({ org: { users: 40, deprovisionedShare: 0.3 } });
    const meddler = await meddleWith(
      okta.url,
      on(/DEPROVISIONED/, ({ headers }) => ({ status, headers: { ...headers, link }, body: '[]' })),
    );

    const env = { OKTA_BASE_URL: meddler.url, INCLUDE_DEPROVISIONED: 'true' };
    const report = reportOf(await run(['sync'], { env }));

    expect(report).toMatchObject({
      outcome: 'completed_with_gaps',
      gaps: { users: { [reason]: 1 } },
      notes: [expect.stringContaining('deactivated users could not be listed')],
    });
    expectEvents(intake.latestByUid(), org);
  },
);

function active(org: { readonly users: readonly { readonly id: string; readonly status: string }[] }) {
  return org.users.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id);
}
