import { asConnectorError } from '../ports/errors.ts';
import type { Report } from '../ports/report.ts';
import type { Job } from './job.ts';

/** The run has done its work by now: what cannot be remembered of it is told and changes nothing else. */
export async function keepReport(
  { inventory, settings, clock, log }: Pick<Job, 'inventory' | 'settings' | 'clock' | 'log'>,
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
