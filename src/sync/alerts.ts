import { decideRows, absentRows, savedRows, type DecidedRows } from '../alerts/decide.ts';
import { knowledgeQuestions } from '../alerts/knowledge.ts';
import { SINCE } from '../alerts/make-rules.ts';
import { alertNotices, openCount } from '../alerts/notices.ts';
import type { AlertRule } from '../alerts/rule.ts';
import { MOST_ROWS, RowGatherer } from '../alerts/seen-rows.ts';
import type { AlertRow, OpenAlerts } from '../ports/alerts.ts';
import { asConnectorError, type ConnectorError } from '../ports/errors.ts';
import type { ParameterValues, Asker } from '../ports/questions.ts';
import type { AlertCounts } from '../ports/report.ts';
import { instantOf } from '../query/since.ts';
import type { AlertParts } from './alert-parts.ts';
import type { Job } from './job.ts';

type EvaluatedJob = Pick<Job, 'alerts' | 'runId' | 'settings' | 'clock' | 'log' | 'signal' | 'tally'>;

/** A query has so long. */
const TIMEOUT_MS = 10_000;
/** So many identities are asked for at once. */
const UIDS_AT_ONCE = 5000;

/**
 * Evaluates every rule over the inventory as the run has left it. A run that is not complete evaluates none: what was
 * known before stands. Returns the counts by rule; absent where there are no rules.
 */
export async function evaluateAlerts(
  job: EvaluatedJob,
  failure: ConnectorError | undefined,
): Promise<AlertCounts | undefined> {
  const { alerts, settings, signal } = job;
  if (alerts === undefined) return undefined;
  const isComplete = failure === undefined && !signal.aborted && !settings.resends;
  const counts = isComplete ? await orWarning(job, 'all', () => evaluateAll(job, alerts)) : undefined;
  const standing = await alerts.store.counts();
  const asBefore = (id: string): AlertCounts[string] => ({
    ...standingOf(standing.get(id)),
    new: 0,
    closed: 0,
  });
  return Object.fromEntries(alerts.rules.map(({ id }) => [id, counts?.get(id) ?? asBefore(id)]));
}

/** The counts of those rules that could be evaluated. */
async function evaluateAll(
  job: EvaluatedJob,
  alerts: AlertParts,
): Promise<ReadonlyMap<string, AlertCounts[string]>> {
  const counts = new Map<string, AlertCounts[string]>();
  await alerts.store.keepOnly(alerts.rules.map(({ id }) => id));
  const asker = alerts.openAsker();
  try {
    for (const rule of alerts.rules) {
      if (job.signal.aborted) break;
      const count = await orWarning(job, rule.id, () =>
        new RuleEvaluation(job, alerts, asker, rule).evaluate(),
      );
      if (count !== undefined) counts.set(rule.id, count);
    }
  } finally {
    asker.close();
  }
  return counts;
}

function standingOf(counts: OpenAlerts | undefined): OpenAlerts {
  return counts ?? { open: 0, unconfirmed: 0 };
}

/** Rules that cannot be evaluated stay as they are. */
async function orWarning<T>(
  { log, signal, tally }: EvaluatedJob,
  id: string,
  evaluate: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await evaluate();
  } catch (thrown) {
    if (signal.aborted) return undefined;
    const { message, hint } = asConnectorError(thrown);
    log.warn({ alert: id, problem: message, hint }, 'an alert could not be evaluated; it stays as it was');
    tally.notes.set(`alert ${id}`, `alert ${id} could not be evaluated and stays as it was: ${message}`);
    return undefined;
  }
}

/** One evaluation of one rule. */
class RuleEvaluation {
  readonly #job: EvaluatedJob;
  readonly #alerts: AlertParts;
  readonly #asker: Asker;
  readonly #rule: AlertRule;
  readonly #at: number;

  constructor(job: EvaluatedJob, alerts: AlertParts, asker: Asker, rule: AlertRule) {
    this.#job = job;
    this.#alerts = alerts;
    this.#asker = asker;
    this.#rule = rule;
    this.#at = job.clock.now();
  }

  async evaluate(): Promise<AlertCounts[string]> {
    const { store, newId, org } = this.#alerts;
    const rule = this.#rule;
    const at = this.#at;
    const kept = await store.state(rule.id);
    const isFirst = kept?.fingerprint !== rule.fingerprint;
    const before = isFirst ? new Map<string, AlertRow>() : await store.rows(rule.id);
    const decided = await this.#decide(before);
    const open = openCount(decided);
    const { runId } = this.#job;
    const toldBefore = isFirst ? 0 : kept.told;
    const told = { rule, decided, isFirst, toldBefore, runId, org, at, newId };
    await store.keep({
      id: rule.id,
      state: { fingerprint: rule.fingerprint, told: open },
      startsAfresh: isFirst,
      saved: savedRows(decided),
      closed: decided.closed.map(({ uid }) => uid),
      at,
      notices: rule.to.includes('webhook') ? alertNotices(told) : [],
    });
    await this.#alerts.onDecided?.(rule, decided, at);
    const { opened, closed, unconfirmed } = decided;
    return { open, new: opened.length, closed: closed.length, unconfirmed: unconfirmed.length };
  }

  async #decide(before: ReadonlyMap<string, AlertRow>): Promise<DecidedRows> {
    const answer = await this.#rows();
    const room = MOST_ROWS - before.size;
    const knows = knowledgeQuestions(this.#rule);
    const absent = absentRows(before, answer.rows);
    const unknown = await this.#unknownOf(
      absent.flatMap((uid) => before.get(uid) ?? []),
      answer.isCut,
    );
    const opened = [...answer.rows.keys()].filter((uid) => !before.has(uid));
    const subjects = await this.#matching(knows.subjects, opened);
    const decided = decideRows(before, answer.rows, {
      absenceOf: (uid) => (unknown.has(uid) ? 'unknown' : 'known'),
      isSubject: (uid) => subjects.has(uid),
      at: this.#at,
    });
    return { ...decided, opened: decided.opened.slice(0, Math.max(0, room)) };
  }

  async #rows(): Promise<RowGatherer> {
    const { question, params } = this.#rule;
    const gatherer = new RowGatherer(question.columns);
    await this.#ask(question.sql, valuesOf(params, this.#at), (row) => gatherer.add(row));
    this.#note('nameless', gatherer.nameless > 0, `${gatherer.nameless} rows without uid are left out`);
    this.#note('cut', gatherer.isCut, `only the first ${MOST_ROWS} rows count, and none is closed`);
    return gatherer;
  }

  /** The rows that are absent, of which nobody can say that they are gone. */
  async #unknownOf(absent: readonly AlertRow[], isCut: boolean): Promise<ReadonlySet<string>> {
    const uids = (rows: readonly AlertRow[]): readonly string[] => rows.map(({ uid }) => uid);
    if (isCut) return new Set(uids(absent));
    const { unknownSubjects, anythingUnknown } = knowledgeQuestions(this.#rule);
    const isAskable = ({ isSubject }: AlertRow): boolean => isSubject && unknownSubjects !== undefined;
    const byId = absent.filter(isAskable);
    const others = absent.filter((row) => !isAskable(row));
    const unknown = await this.#matching(unknownSubjects, uids(byId));
    const isAnythingUnknown = others.length > 0 && (await this.#hasRow(anythingUnknown));
    return new Set([...unknown, ...(isAnythingUnknown ? uids(others) : [])]);
  }

  /** Those of the identities that a question gives back. */
  async #matching(sql: string | undefined, uids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    if (sql === undefined) return found;
    for (let from = 0; from < uids.length; from += UIDS_AT_ONCE) {
      const some = JSON.stringify(uids.slice(from, from + UIDS_AT_ONCE));
      await this.#ask(sql, { uids: some }, ([uid]) => found.add(String(uid)));
    }
    return found;
  }

  async #hasRow(sql: string): Promise<boolean> {
    let rows = 0;
    await this.#ask(sql, {}, () => (rows += 1));
    return rows > 0;
  }

  async #ask(
    sql: string,
    parameters: ParameterValues,
    take: (row: Parameters<RowGatherer['add']>[0]) => unknown,
  ): Promise<void> {
    await this.#asker.ask(
      { sql },
      {
        parameters,
        needs: new Set(),
        timeoutMs: TIMEOUT_MS,
        signal: this.#job.signal,
        onRows: async (rows) => rows.forEach(take),
      },
    );
  }

  #note(kind: string, holds: boolean, words: string): void {
    if (!holds) return;
    const { id } = this.#rule;
    this.#job.log.warn({ alert: id, problem: words }, 'an alert has rows that do not count');
    this.#job.tally.notes.set(`alert ${kind} ${id}`, `alert ${id}: ${words}`);
  }
}

/** All parameters are texts. A span of time ends now. */
function valuesOf(params: AlertRule['params'], now: number): ParameterValues {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const at = name === SINCE ? instantOf(String(value), now) : undefined;
      return [name, at === undefined ? String(value) : new Date(at).toISOString()];
    }),
  );
}
