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
