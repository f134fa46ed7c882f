import type { Clock } from '../ports/clock.ts';
import { asConnectorError } from '../ports/errors.ts';
import type { RunStore } from '../ports/inventory.ts';
import type { Log } from '../ports/log.ts';
import type { Report } from '../ports/report.ts';
import type { RunSettings } from './job.ts';

interface KeepParts {
  readonly inventory: { readonly runs: Pick<RunStore, 'noteEnd'> };
  readonly settings: Pick<RunSettings, 'isLasting'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'error'>;
}

/** The run has done its work by now: what cannot be remembered of it is told and changes nothing else. */
export async function keepReport(
  { inventory, settings, clock, log }: KeepParts,
  report: Report,
): Promise<void> {
  if (!settings.isLasting) return;
  try {
    await inventory.runs.noteEnd(report, clock.now());
  } catch (thrown) {
    const { message, hint } = asConnectorError(thrown);
    log.error({ problem: message, hint }, 'the report could not be kept in the inventory');
  }
}
