import { receiveHooks, type HookPort } from '../../compose/hooks.ts';
import type { LastingParts } from '../../compose/lasting-parts.ts';
import type { Prepared } from '../../compose/prepare.ts';
import { SETTING_ROWS } from '../../settings/table.ts';
import type { RunRequest } from '../../compose/run-settings.ts';
import type { Attempted } from '../../worker/attempt.ts';
import type { HookedRuns } from '../../worker/worker.ts';
import type { WorkerMetrics } from '../../worker/metrics.ts';
import { TODO_OF_HOOKS, type Obstacle } from '../../worker/obstacles.ts';
import type { Naps } from '../../worker/naps.ts';

/** The credential of the command `hooks`, which may change the org. */
const NAMES = SETTING_ROWS.filter(({ readBy }) => readBy === 'hooks').map(({ name }) => name);

/** Takes event hooks, where settings ask for it. A hook wakes the worker. */
export async function startHooks(
  prepared: Prepared,
  lasting: LastingParts,
  { metrics, naps }: { readonly metrics: WorkerMetrics; readonly naps: Naps },
): Promise<HookPort | undefined> {
  const { world, log } = prepared;
  const given = NAMES.flatMap((name) => [name, `${name}_FILE`]).filter(
    (name) => (world.env[name] ?? '') !== '',
  );
  for (const setting of given)
    log.warn(
      {
        setting,
        hint: 'give it to the command `okta-ocsf hooks` alone, and take it out of this environment',
      },
      'the credential that may change event hooks is in the environment of the worker, which never needs it',
    );
  const server = await receiveHooks(prepared, lasting, { timings: metrics, onArrival: () => naps.wake() });
  if (server !== undefined)
    log.info({ url: server.url, path: prepared.settings.hookPath }, 'takes event hooks');
  return server;
}

/** The runs that hooks call for: those that read what is marked, or ask for all that has changed. */
export function hookedRuns(
  { hooks }: LastingParts,
  run: (request: RunRequest) => Promise<Attempted>,
): HookedRuns | undefined {
  if (hooks === undefined) return undefined;
  return {
    dueAt: () => hooks.dueAt(),
    attempt: () => {
      const mode = hooks.wish() === 'poll' ? 'incremental' : 'marks';
      hooks.follows();
      return run({ mode });
    },
  };
}

/** The warnings about hooks that stand. */
export function hookObstacles({ hooks }: LastingParts): readonly Obstacle[] {
  return (hooks?.standing ?? []).map(({ code, since }) => ({ code, since, todo: TODO_OF_HOOKS[code] }));
}
