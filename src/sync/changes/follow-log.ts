import { ConnectorError, OktaRefusedQuestionError } from '../../ports/errors.ts';
import type { LogCursor } from '../../ports/source.ts';
import type { Run } from '../job.ts';
import type { LogOutcome } from '../vouching.ts';

type LogParts = Pick<Run, 'source' | 'inventory' | 'tally' | 'log' | 'oktaNow'>;

/**
 * Asking a little further back finds changes that Okta's index shows late, and allows for clocks that differ a little.
 */
export const OVERLAP_MS = 10 * 60_000;
const CURSOR_REFUSED =
  "Okta refused the System Log's cursor, and what happened in between may have been missed: this run is a full one";

/**
 * Marks everything that the log reports since it was last read. When Okta refuses the cursor, a full run becomes due as
 * of `asOf`, and the log is opened anew a little before the last time it was read. While the log may not be read, and
 * after a gap, it vouches for nothing.
 */
export async function followLog(
  run: LogParts & Pick<Run, 'mode' | 'startedAt'>,
  asOf: number,
): Promise<LogOutcome> {
  const { runs } = run.inventory;
  const { log = { since: run.startedAt - OVERLAP_MS } } = await runs.state();
  if ('since' in log) {
    const outcome = await readOn(run, log);
    return outcome === 'cursor-refused' ? 'refused' : outcome;
  }
  const outcome = await readOn(run, log);
  if (outcome !== 'cursor-refused') return outcome;
  const since = log.readAt - OVERLAP_MS;
  const fullRunDue = { since: asOf, why: CURSOR_REFUSED };
  await runs.saveState({ log: { since }, vouchedSince: undefined, fullRunDue });
  if ((await readOn(run, { since })) === 'read') run.tally.notes.set('log', refusalNote(run));
  return 'gap';
}

function refusalNote({ mode }: Pick<Run, 'mode'>): string {
  const then = mode === 'full' ? 'it was opened anew' : 'it was opened anew, and the next run is a full one';
  return `Okta refused the System Log's cursor: ${then}`;
}

/** Stores marks and the cursor that brought them together, page by page. */
async function readOn(
  run: LogParts,
  from: LogCursor,
): Promise<Exclude<LogOutcome, 'gap'> | 'cursor-refused'> {
  const { source, inventory, log } = run;
  const { notes } = run.tally;
  try {
    for await (const { marks, next, isFiltered } of source.pollLog(from)) {
      if (!isFiltered) notes.set('log-filter', UNFILTERED);
      await inventory.marks.add(marks, { log: { next, readAt: run.oktaNow() } });
    }
    notes.delete('log');
    return 'read';
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.recovery !== 'skip') throw error;
    log.debug({ err: error }, 'the System Log is not available');
    if ('next' in from && isCursorRefused(error)) return 'cursor-refused';
    const isDown = error.code === 'okta_unavailable' && !(error instanceof OktaRefusedQuestionError);
    notes.set('log', isDown ? LOG_DOWN : LOG_REFUSED);
    if (!isDown) await inventory.runs.saveState({ vouchedSince: undefined });
    return isDown ? 'down' : 'refused';
  }
}

const UNFILTERED =
  "Okta did not take the filter of the System Log: events of every type are read, which takes more calls in the log's bucket";
const LOG_DOWN = 'the System Log did not answer: its changes follow with a later run';
const LOG_REFUSED =
  'the System Log may not be read: only full runs see deletions and changes of factors and roles';

/** Okta answers 400, 404 or 410 to a link of its own when it does not know the cursor any more. */
function isCursorRefused(error: ConnectorError): boolean {
  return (
    error.code === 'okta_not_found' ||
    error.code === 'okta_feature_off' ||
    error instanceof OktaRefusedQuestionError
  );
}
