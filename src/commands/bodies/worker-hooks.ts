import { receiveHooks, type HookPort } from '../../compose/hooks/receive.ts';
import type { LastingParts } from '../../compose/lasting-parts.ts';
import type { PreparedCommand } from '../../compose/prepare.ts';
import type { RunRequest } from '../../compose/run-settings.ts';
import type { Attempted } from '../../worker/attempt.ts';
import type { HookedRuns } from '../../worker/worker.ts';
import type { WorkerMetrics } from '../../worker/metrics.ts';
import { TODO_OF_HOOKS, type Obstacle } from '../../worker/obstacles.ts';
import type { Naps } from '../../worker/naps.ts';

/** Takes event hooks, where settings ask for it. A hook wakes the worker. */
export async function startHooks(
  prepared: PreparedCommand,
  lasting: LastingParts,
  { metrics, naps }: { readonly metrics: WorkerMetrics; readonly naps: Naps },
): Promise<HookPort | undefined> {
  const { log, unread } = prepared;
  for (const setting of unread)
    log.warn(
      {
        setting,
        hint: 'give it to the command `okta-ocsf hooks` alone, and take it out of this environment and of the --config file',
      },
      'the credential that may change event hooks is in the settings of the worker, which never needs it',
    );
  const server = await receiveHooks(prepared, lasting, { timings: metrics, onArrival: () => naps.wake() });
  if (server !== undefined)
    log.info({ url: server.url, path: prepared.settings.hookPath }, 'takes event hooks');
  return server;
}

/**
 * The runs that hooks call for: those that read what is marked, or ask for all that has changed. Before a full run has
 * completed there are none: it reads everything, and the timetable says when.
 */
export function hookedRuns(
  { hooks }: LastingParts,
  hasFullRun: () => boolean,
  run: (request: RunRequest) => Promise<Attempted>,
): HookedRuns | undefined {
  if (hooks === undefined) return undefined;
  return {
    dueAt: () => (hasFullRun() ? hooks.dueAt() : undefined),
    attempt: () => {
      const mode = hooks.dueWork() === 'poll' ? 'incremental' : 'marks';
      hooks.postponeMarks();
      return run({ mode });
    },
  };
}

/** The warnings about hooks that stand. */
export function hookObstacles({ hooks }: LastingParts): readonly Obstacle[] {
  return (hooks?.standing ?? []).map(({ code, since }) => ({ code, since, todo: TODO_OF_HOOKS[code] }));
}
