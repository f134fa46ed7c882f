import {
  EXIT_DONE,
  EXIT_INCOMPLETE,
  exitCodeOf,
  exitCodeOfSignal,
  failureLines,
} from '../../process/failure.ts';
import type { RunEnd } from '../../ports/report.ts';
import type { World } from '../../process/world.ts';

/** Tells people on stderr why a run failed; scripts read the report and the exit code. */
export function tellRunFailure({ failure }: RunEnd, world: World): void {
  if (failure === undefined) return;
  for (const line of failureLines(failure)) world.err.write(`${line}\n`);
}

/**
 * The exit code of a run: contract.md, "Exit codes".
 *
 * @param isIncomplete what the command was told to be strict about holds
 */
export function exitCodeOfRun({ report, failure }: RunEnd, world: World, isIncomplete: boolean): number {
  if (failure !== undefined) return exitCodeOf(failure);
  const signal = world.stoppedBy();
  if (report.outcome === 'cancelled' && signal !== undefined) return exitCodeOfSignal(signal);
  return isIncomplete ? EXIT_INCOMPLETE : EXIT_DONE;
}

interface Strictly {
  readonly standing?: { readonly gaps: object; readonly dead_letters: number };
}

/** Gaps that stand from earlier runs count too: yesterday's trouble is still there. */
export function hasTrouble({ standing }: Strictly): boolean {
  return standing === undefined || Object.keys(standing.gaps).length > 0 || standing.dead_letters > 0;
}
