import type { Prepared } from '../../compose/prepare.ts';
import { findWorker, requireWorker, type RunningWorker } from '../../compose/running-worker.ts';
import { InternalError, InventoryError } from '../../ports/errors.ts';
import { Mailbox } from '../../process/mailbox.ts';
import { WorkerAnswer, type WorkerRequest, type WorkerWish } from '../../worker/request.ts';

const LOOK_MS = 200;
/** Every how many looks at the mailbox the worker itself is looked for. */
const LOOKS_A_CHECK = 10;

/** A request that the worker has, or will find within 15 seconds. */
interface SentRequest {
  readonly id: string;
  readonly worker: RunningWorker;
  readonly box: Mailbox;
}

/** Asks the worker of this `STATE_DIR`, and does not wait. Throws `InventoryError` where there is none. */
export function askWorker(prepared: Prepared, wish: WorkerWish): void {
  send(prepared, wish, false);
}

/**
 * Asks the worker of this `STATE_DIR`, and waits for what comes of it. Throws `InventoryError` where there is none, and
 * when it ends before it has answered.
 */
export async function askWorkerAndWait(prepared: Prepared, wish: WorkerWish): Promise<WorkerAnswer> {
  const sent = send(prepared, wish, true);
  prepared.log.info({ worker: sent.worker.name }, 'waits for the worker, which does this between two runs');
  try {
    return await waitFor(sent, prepared);
  } finally {
    // One that was taken already is gone.
    sent.box.remove('request', sent.id);
    sent.box.remove('answer', sent.id);
  }
}

function send({ settings, world }: Prepared, wish: WorkerWish, isAwaited: boolean): SentRequest {
  const worker = requireWorker(settings);
  const box = new Mailbox(settings.stateDir, world.userId);
  const id = world.newId();
  const request: WorkerRequest = { worker: worker.name, isAwaited, wish };
  try {
    box.post('request', id, request);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'run this command as the user of the worker';
    throw new InventoryError(`the request cannot be written to ${settings.stateDir}: ${reason}`, {
      cause,
      hint,
    });
  }
  if (worker.pid !== undefined) world.nudge(worker.pid);
  return { id, worker, box };
}

async function waitFor(sent: SentRequest, { settings, world }: Prepared): Promise<WorkerAnswer> {
  const { clock, stopping } = world;
  for (let looks = 1; ; looks += 1) {
    const isGone = looks % LOOKS_A_CHECK === 0 && findWorker(settings)?.name !== sent.worker.name;
    const answer = readAnswer(sent);
    if (answer !== undefined) return answer;
    if (isGone) {
      throw new InventoryError(`${sent.worker.name} has ended before it answered`, {
        hint: 'see its log; when a worker is running again, give the command once more',
      });
    }
    await clock.sleep(LOOK_MS, stopping);
    stopping.throwIfAborted();
  }
}

function readAnswer({ id, box }: SentRequest): WorkerAnswer | undefined {
  const found = box.read('answer', id);
  if (found.kind === 'none') return undefined;
  const parsed = found.kind === 'letter' ? WorkerAnswer.safeParse(found.value) : undefined;
  if (parsed?.success === true) return parsed.data;
  const why = found.kind === 'strange' ? `: ${found.why}` : '';
  throw new InternalError(`the answer of the worker makes no sense${why}`, {
    hint: 'run this command as the user of the worker, and in the same version',
  });
}
