import type { AlertRow, AlertWhen } from '../ports/alerts.ts';
import type { Notice, Severity } from '../ports/notices.ts';
import type { DecidedRows } from './decide.ts';

/** More rows than this are told in one message. */
const MOST_MESSAGES = 50;
/** So many rows are shown in a message about several. */
const MOST_SHOWN = 20;

/** The parts of a rule that its messages say. */
export interface ToldRule {
  readonly id: string;
  /** One line for people. */
  readonly title: string;
  readonly description?: string | undefined;
  readonly severity: Severity;
  readonly when: AlertWhen;
  readonly baseline: 'summary' | 'silent';
}

/** The evaluation that messages are about. */
export interface ToldEvaluation {
  readonly rule: ToldRule;
  readonly decided: DecidedRows;
  readonly isFirst: boolean;
  /** The number of open rows that was last told. */
  readonly toldBefore: number;
  readonly runId: string;
  /** The org's host. */
  readonly org: string;
  readonly at: number;
  readonly newId: () => string;
}

/** The number of rows that are open after an evaluation. */
export function openCount({ opened, stayed, unconfirmed }: DecidedRows): number {
  return opened.length + stayed.length + unconfirmed.length;
}

/** The messages of one evaluation; none where there is nothing new. */
export function alertNotices(told: ToldEvaluation): readonly Notice[] {
  const { rule, decided, isFirst, toldBefore } = told;
  const { opened, closed } = decided;
  if (isFirst) {
    const isTold = rule.baseline === 'summary' && opened.length > 0;
    return isTold ? [noticeOf(told, 'alert.summary', opened)] : [];
  }
  const open = openCount(decided);
  switch (rule.when) {
    case 'appears':
      return [...each(told, 'alert.opened', opened), ...each(told, 'alert.closed', closed)];
    case 'any': {
      if (opened.length + closed.length === 0) return [];
      const rows = rowsOf(decided);
      if (open === 0) return [noticeOf(told, 'alert.closed', closed)];
      return [noticeOf(told, toldBefore === 0 ? 'alert.opened' : 'alert.changed', rows)];
    }
    case 'count-changes':
      return open === toldBefore ? [] : [noticeOf(told, 'alert.changed', rowsOf(decided))];
  }
}

function rowsOf({ opened, stayed, unconfirmed }: DecidedRows): readonly AlertRow[] {
  return [...opened, ...stayed.map(({ row }) => row), ...unconfirmed];
}

function each(told: ToldEvaluation, type: Notice['type'], rows: readonly AlertRow[]): readonly Notice[] {
  if (rows.length > MOST_MESSAGES) return [noticeOf(told, type, rows)];
  return rows.map((row) => noticeOf(told, type, [row]));
}

function noticeOf(told: ToldEvaluation, type: Notice['type'], rows: readonly AlertRow[]): Notice {
  const { rule, decided, toldBefore, runId, org, at, newId } = told;
  const { opened, closed, unconfirmed } = decided;
  const shown = rows.slice(0, MOST_SHOWN);
  return {
    id: newId(),
    type,
    time: new Date(at).toISOString(),
    title: `${rule.title}: ${wordsOf(type, rows.length, openCount(decided))}`,
    severity: rule.severity,
    data: {
      alert: rule.id,
      ...(rule.description === undefined ? {} : { description: rule.description }),
      org,
      run_id: runId,
      count: rows.length,
      open: openCount(decided),
      open_before: toldBefore,
      new: opened.length,
      closed: closed.length,
      unconfirmed: unconfirmed.length,
      rows: shown.map(({ uid, openedAt, cells }) => ({
        uid,
        since: new Date(openedAt).toISOString(),
        columns: cells,
      })),
      ...(shown.length < rows.length ? { is_truncated: true } : {}),
    },
  };
}

function wordsOf(type: Notice['type'], rows: number, open: number): string {
  const number = (count: number): string => count.toLocaleString('en');
  if (type === 'alert.opened') return `${number(rows)} new, ${number(open)} open`;
  if (type === 'alert.closed') return `${number(rows)} closed, ${number(open)} open`;
  if (type === 'alert.summary') return `${number(rows)} at the first evaluation`;
  return `${number(open)} open`;
}
