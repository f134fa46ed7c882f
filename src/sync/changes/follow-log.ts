import { ConnectorError, OktaRefusedQuestionError } from '../../ports/errors.ts';
import type { Inventory, Mark } from '../../ports/inventory.ts';
import type { RunState, RunStateChange } from '../../ports/run-state.ts';
import type { LogCursor, LogPage } from '../../ports/source.ts';
import type { Run } from '../job.ts';
import { noteLosses, withoutAnyTrust, type LogOutcome } from '../vouching.ts';
import { withRound } from './even-share.ts';

type LogParts = Pick<
  Run,
  'source' | 'inventory' | 'settings' | 'tally' | 'log' | 'oktaNow' | 'assignments' | 'hooks'
>;

/**
 * Asking a little further back finds changes that Okta's index shows late, and allows for clocks that differ a little.
 */
export const OVERLAP_MS = 10 * 60_000;
const CURSOR_REFUSED =
  "Okta refused the System Log's cursor, and what happened in between may have been missed: this run is a full one";

const OTHER_FILTER = 'this version asks the System Log for other events than the one before';
const UNREADABLE = 'the System Log has entries that make no sense, and what they told was missed';
const WAS_REFUSED = 'the System Log could not be read for a time';

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
  const state = await runs.state();
  const { log = { since: run.startedAt - OVERLAP_MS } } = state;
  if ('since' in log) {
    const outcome = await readOn(run, log, asOf);
    return outcome === 'cursor-refused' ? 'refused' : outcome;
  }
  const since = log.readAt - OVERLAP_MS;
  // A link goes on with the events that it was made for.
  if (!run.source.isLogFilter(log.filter)) {
    await runs.saveState({ ...missed(run, state, OTHER_FILTER, asOf), log: { since } });
    await readOn(run, { since }, asOf);
    return 'gap';
  }
  const outcome = await readOn(run, log, asOf);
  if (outcome !== 'cursor-refused') return outcome;
  const fullRunDue = { since: asOf, why: CURSOR_REFUSED };
  await runs.saveState({ log: { since }, vouchedSince: undefined, fullRunDue });
  if ((await readOn(run, { since }, asOf)) === 'read') run.tally.notes.set('log', refusalNote(run));
  return 'gap';
}

/**
 * The state once the log has told something that was missed: nothing trusts it, and the report says so. A full run that
 * was interrupted before that begins anew.
 */
function missed(run: Pick<Run, 'tally'>, state: RunState, why: string, asOf: number): RunStateChange {
  const change = withoutAnyTrust(state, why, asOf);
  noteLosses(run.tally, change.trustLost, 'the next full run');
  return { ...change, logGapAt: asOf };
}

function refusalNote({ mode }: Pick<Run, 'mode'>): string {
  const then = mode === 'full' ? 'it was opened anew' : 'it was opened anew, and the next run is a full one';
  return `Okta refused the System Log's cursor: ${then}`;
}

/** Stores marks and the cursor that brought them together, page by page. */
async function readOn(run: LogParts, from: LogCursor, asOf: number): Promise<LogOutcome | 'cursor-refused'> {
  const { source, log } = run;
  const { notes } = run.tally;
  let unreadable = 0;
  try {
    for await (const page of source.pollLog(from)) {
      if (!page.isFiltered) notes.set('log-filter', UNFILTERED);
      await savePage(run, page, asOf);
      unreadable += page.unreadable;
    }
    notes.delete('log');
    return unreadable > 0 ? 'gap' : 'read';
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.recovery !== 'skip') throw error;
    log.debug({ err: error }, 'the System Log is not available');
    if ('next' in from && isCursorRefused(error)) return 'cursor-refused';
    const isDown = error.code === 'okta_unavailable' && !(error instanceof OktaRefusedQuestionError);
    notes.set('log', isDown ? LOG_DOWN : LOG_REFUSED);
    if (!isDown) await noteRefusal(run, asOf);
    return isDown ? 'down' : 'refused';
  }
}

const UNFILTERED =
  "Okta did not take the filter of the System Log: events of every type are read, which takes more calls in the log's bucket";

async function noteRefusal(run: LogParts, asOf: number): Promise<void> {
  const { runs } = run.inventory;
  await runs.saveState(withoutAnyTrust(await runs.state(), WAS_REFUSED, asOf));
}

async function savePage(run: LogParts, page: LogPage, asOf: number): Promise<void> {
  const { next, unreadable, nameless, assignments = [] } = page;
  const { source, inventory, tally } = run;
  const now = run.oktaNow();
  const log = { next, filter: source.logFilter, readAt: now };
  for (const type of nameless) tally.nameless(type);
  for (const each of assignments) run.assignments.add(each);
  const lost = unreadable > 0 ? missed(run, await inventory.runs.state(), UNREADABLE, asOf) : {};
  await addMarks(run, await unsettled(run, page), now, { log, ...lost });
  // Only now: of an event that is noted, no hook marks anything.
  await run.hooks?.inbox.noteLogged(page.events?.filter(({ isHookable }) => isHookable) ?? [], now);
}

/** The marks of entries that no hook has brought before, or so shortly before that Okta's answers may have been older. */
async function unsettled(
  { hooks }: Pick<Run, 'hooks'>,
  { marks, events }: LogPage,
): Promise<readonly Mark[]> {
  if (hooks === undefined || events === undefined) return marks;
  const news: Mark[] = [];
  for (const event of events) if (!(await hooks.inbox.isSettled(event))) news.push(...event.marks);
  return news;
}

export interface AddParts {
  readonly inventory: Pick<Inventory, 'marks' | 'runs'>;
  readonly settings: Pick<Run['settings'], 'lookups' | 'policyRecheckMs'>;
}

/** Stores marks. A policy, an authenticator or a zone marks nobody: so many factors are read over `POLICY_RECHECK`. */
export async function addMarks(
  { inventory, settings }: AddParts,
  marks: readonly Mark[],
  now: number,
  change: RunStateChange = {},
): Promise<void> {
  const others = marks.filter((mark) => !makesFactorsDue(mark));
  const isRound = others.length < marks.length && settings.lookups.has('factors');
  const due = isRound ? { factorsDue: dueFrom(await inventory.runs.state(), now, settings) } : {};
  await inventory.marks.add(others, { ...due, ...change });
}

/** So many factors are not read at once like a mark, but within `POLICY_RECHECK`. */
function makesFactorsDue({ subject, question }: Mark): boolean {
  return subject === 'org' && question === 'factors';
}

function dueFrom(
  { factorsDue = { rounds: [] } }: RunState,
  now: number,
  { policyRecheckMs }: Pick<Run['settings'], 'policyRecheckMs'>,
): RunState['factorsDue'] {
  return { ...factorsDue, rounds: withRound(factorsDue.rounds, now, policyRecheckMs) };
}

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
