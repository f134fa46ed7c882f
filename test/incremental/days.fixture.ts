import type { ArrivedRequest } from '../../src/simulator/okta/options.ts';
import { test as stageTest, type Stage } from '../whole-job/stage.fixture.ts';
import { changing } from './changing-stage.fixture.ts';

const A_DAY_MS = 86_400_000;
/** Every run is a full one, and believes what the log vouches for. */
const FULL = { FULL_SYNC_INTERVAL: '1' };

interface Clock {
  ahead: number;
  onRequest: (request: ArrivedRequest) => void;
}

function daily(stage: Stage, clock: Clock) {
  const changed = changing(stage);
  return {
    ...changed,
    whileAsked: (act: Clock['onRequest']) => {
      clock.onRequest = act;
    },
    pass: (days: number) => {
      clock.ahead += days * A_DAY_MS;
    },
    nextDay: async (env: Readonly<Record<string, string>> = {}, argv: readonly string[] = []) => {
      clock.ahead += A_DAY_MS;
      return changed.sync(argv, { ...FULL, ...env });
    },
  };
}

export type Days = ReturnType<typeof daily>;

/** Starts a run in a process of its own, and kills it when it asks for this for the so manieth time. */
export async function killAt(
  { start, whileAsked }: Days,
  template: string,
  times: number,
  argv: readonly string[] = ['sync'],
): Promise<void> {
  const child = start(argv);
  let asked = 0;
  whileAsked((request) => {
    if (request.template === template && (asked += 1) >= times) child.kill('SIGKILL');
  });
  await child.ended;
  whileAsked(() => undefined);
}

/** `test` whose body gets `days`: an org whose days pass, one run after another. */
export const test = stageTest.extend<{
  days: (users?: number, latencyMs?: number) => Promise<Days>;
}>({
  days: async ({ makeStage }, use) => {
    await use(async (users = 120, latencyMs = 0) => {
      const clock: Clock = { ahead: 0, onRequest: () => undefined };
      return daily(
        await makeStage({
          org: { users },
          okta: {
            latencyMs,
            now: () => Date.now() + clock.ahead,
            onRequest: (request) => clock.onRequest(request),
          },
        }),
        clock,
      );
    });
  },
});
