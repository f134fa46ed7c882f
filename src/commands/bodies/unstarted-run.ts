import type { Prepared } from '../../compose/prepare.ts';
import { reportParts } from '../../compose/report-parts.ts';
import { readStanding } from '../../compose/standing.ts';
import type { ConnectorError } from '../../ports/errors.ts';
import type { RunEnd } from '../../ports/report.ts';
import { makeUnstartedReport } from '../../sync/report.ts';

/** A run that cannot even be put together has a report too, for instance when another process has the inventory. */
export async function unstartedRun(
  prepared: Prepared,
  startedAt: number,
  failure: ConnectorError,
): Promise<RunEnd> {
  const standing = await readStanding(prepared.settings);
  const runId = prepared.world.newId();
  return makeUnstartedReport({ ...reportParts(prepared), runId, startedAt, failure, standing });
}
