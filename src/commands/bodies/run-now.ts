import type { Prepared } from '../../compose/prepare.ts';
import { EXIT_DONE } from '../../process/failure.ts';
import { askWorker, askWorkerAndWait } from './ask-worker.ts';

export interface RunNowOptions {
  readonly mode?: 'full' | 'incremental';
  readonly waits: boolean;
}

/** Asks the worker for a run. Resolves with the exit code: that of the run, when it is waited for. */
export async function runRunNow(prepared: Prepared, { mode, waits }: RunNowOptions): Promise<number> {
  const wish = { kind: 'run', ...(mode === undefined ? {} : { mode }) } as const;
  if (!waits) {
    askWorker(prepared, wish);
    return EXIT_DONE;
  }
  const { world } = prepared;
  const { exitCode, told, result } = await askWorkerAndWait(prepared, wish);
  for (const line of told) world.err.write(`${line}\n`);
  if (result !== undefined) await world.out(`${JSON.stringify(result, null, 2)}\n`);
  return exitCode;
}
