import { offerDeadLetters } from '../../compose/dead-letters.ts';
import type { LastingParts } from '../../compose/lasting-parts.ts';
import type { Prepared } from '../../compose/prepare.ts';
import type { RunRequest } from '../../compose/run-settings.ts';
import { asConnectorError, ConfigError, type ConnectorError } from '../../ports/errors.ts';
import { EXIT_DONE, exitCodeOf, failureLines } from '../../process/failure.ts';
import { Mailbox } from '../../process/mailbox.ts';
import type { Attempted } from '../../worker/attempt.ts';
import type { WorkerAnswer } from '../../worker/request.ts';
import { Requests, type AskedRun } from '../../worker/requests.ts';
import { exitCodeOfRun } from './run-end.ts';
import { unstartedRun } from './unstarted-run.ts';

/** The requests to the worker that holds the inventory of `lasting`. */
export function createRequests(prepared: Prepared, lasting: LastingParts): Requests {
  const { world, log } = prepared;
  const { clock, userId, stopping } = world;
  return new Requests({
    mailbox: () => (lasting.heldDir === undefined ? undefined : new Mailbox(lasting.heldDir, userId)),
    name: lasting.name,
    replay: () => replay(prepared, lasting),
    clock,
    stopping,
    log,
  });
}

async function replay(prepared: Prepared, lasting: LastingParts): Promise<WorkerAnswer> {
  try {
    const stateDir = lasting.heldDir ?? prepared.settings.stateDir;
    const result = await offerDeadLetters({ stateDir }, prepared.world, lasting.takeLock);
    return { exitCode: EXIT_DONE, told: [], result };
  } catch (thrown) {
    return refusal(asConnectorError(thrown), prepared);
  }
}

/** Makes a run, and answers all who asked for it. */
export async function runAsked(
  asked: AskedRun | undefined,
  run: (request: RunRequest | undefined) => Promise<Attempted>,
  prepared: () => Prepared,
): Promise<Attempted> {
  const ended = await run(asked?.wanted);
  asked?.answer(await answerOfRun(ended, prepared()));
  return ended;
}

/** The answer for whoever asked for this run: what `sync` would have printed, and its exit code. */
async function answerOfRun(ended: Attempted, prepared: Prepared): Promise<WorkerAnswer> {
  const { report, failure } = ended;
  if (failure instanceof ConfigError) return refusal(failure, prepared);
  const { world } = prepared;
  if (report !== undefined) {
    const exitCode = exitCodeOfRun({ report, failure }, world, false);
    return { exitCode, told: toldOf(failure, prepared), result: report };
  }
  if (failure === undefined) return { exitCode: EXIT_DONE, told: [], result: undefined };
  const unstarted = await unstartedRun(prepared, world.clock.now(), failure);
  return { ...refusal(failure, prepared), result: unstarted.report };
}

function refusal(failure: ConnectorError, prepared: Prepared): WorkerAnswer {
  return { exitCode: exitCodeOf(failure), told: toldOf(failure, prepared), result: undefined };
}

function toldOf(failure: ConnectorError | undefined, { live }: Prepared): string[] {
  return failure === undefined ? [] : failureLines(failure).map((line) => live.scrub(line));
}
