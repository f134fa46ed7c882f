import type { ErrorCode } from '../ports/errors.ts';
import type { NoticeCause } from '../ports/notices.ts';
import type { Outcome } from '../ports/report.ts';
import type { Memory, SIDES } from './memory.ts';

/** One trouble, as a run shows it. */
export interface Sign {
  readonly cause: NoticeCause;
  readonly side?: (typeof SIDES)[number];
  /** `unknown`: the run has shown neither, so that what was known before stands. */
  readonly state: 'present' | 'absent' | 'unknown';
  /** When it began, where that is known better than by looking. */
  readonly since?: number;
  readonly count?: number | undefined;
}

/** The facts about a run that has ended. A count is `undefined` where it is not known. */
export interface EndFacts {
  readonly outcome: Outcome;
  /** Why reading ended, and why delivery did. */
  readonly readingFailure: ErrorCode | undefined;
  readonly deliveryFailure: ErrorCode | undefined;
  /** Events that the intake confirmed in this run, and those that wait. */
  readonly accepted: number;
  readonly pending: number | undefined;
  readonly deadLetters: number | undefined;
  /** Users who are kept since too many were gone at once. */
  readonly heldBack: number | undefined;
  /** Answers that are unknown now. */
  readonly gaps: number | undefined;
}

/** The signs of a run that has ended, and of what they are measured by from now on. */
export interface EndSigns {
  readonly signs: readonly Sign[];
  readonly gaps: Memory['gaps'];
  readonly completedAt: number;
}

interface SignParts {
  readonly causes: ReadonlySet<NoticeCause>;
  /** When a completed run is overdue, by when the last one completed. */
  readonly overdueAt: (completedAt: number) => number;
  readonly now: number;
}

export function signsOfRun(facts: EndFacts, memory: Memory, { causes, overdueAt, now }: SignParts): EndSigns {
  const isCompleted = facts.outcome.startsWith('completed');
  const completedAt = isCompleted ? now : memory.completedAt;
  const gaps = isCompleted ? levelOf(memory.gaps, facts.gaps, now) : memory.gaps;
  return {
    signs: [
      { cause: 'credential-refused', side: 'okta', state: oktaRefuses(facts) },
      { cause: 'credential-refused', side: 'intake', state: intakeRefuses(facts) },
      overdueSign(isCompleted, overdueAt(completedAt), now),
      { cause: 'delivery-stopped', state: deliveryStopped(facts, causes), count: facts.pending },
      counted('dead-letters', facts.deadLetters),
      counted('removals-held', facts.heldBack),
      { cause: 'gaps-up', state: gapsUp(facts, gaps, isCompleted), count: facts.gaps },
    ],
    gaps,
    completedAt,
  };
}

const OKTA_REFUSALS: ReadonlySet<ErrorCode> = new Set(['okta_auth', 'okta_forbidden']);

function oktaRefuses({ readingFailure, outcome }: EndFacts): Sign['state'] {
  if (readingFailure !== undefined) return OKTA_REFUSALS.has(readingFailure) ? 'present' : 'unknown';
  return outcome === 'cancelled' ? 'unknown' : 'absent';
}

function intakeRefuses(facts: EndFacts): Sign['state'] {
  return facts.deliveryFailure === 'intake_auth' ? 'present' : unlessDelivered(facts);
}

/** A refused key is told once: as the trouble that it is, where operators want to hear of that. */
function deliveryStopped(facts: EndFacts, causes: ReadonlySet<NoticeCause>): Sign['state'] {
  const { deliveryFailure: code } = facts;
  const isToldAsRefusal = code === 'intake_auth' && causes.has('credential-refused');
  return code?.startsWith('intake') === true && !isToldAsRefusal ? 'present' : unlessDelivered(facts);
}

/** Only events that were taken show that the intake takes them again. */
function unlessDelivered({ deliveryFailure, accepted, pending }: EndFacts): Sign['state'] {
  return deliveryFailure === undefined && (accepted > 0 || pending === 0) ? 'absent' : 'unknown';
}

function overdueSign(isCompleted: boolean, overdueAt: number, now: number): Sign {
  if (isCompleted) return { cause: 'no-completed-run', state: 'absent' };
  const isOverdue = now >= overdueAt;
  return { cause: 'no-completed-run', state: isOverdue ? 'present' : 'unknown', since: overdueAt };
}

function counted(cause: NoticeCause, count: number | undefined): Sign {
  if (count === undefined) return { cause, state: 'unknown' };
  return { cause, state: count > 0 ? 'present' : 'absent', count };
}

/** More unknown answers than before by this part, and by so many: one more of two is no news. */
const RISE = 1.2;
const LEAST_RISE = 5;
const DAY_MS = 86_400_000;

/** Only of complete runs: while a first run goes on, everything rises. */
function gapsUp({ gaps: count }: EndFacts, level: Memory['gaps'], isCompleted: boolean): Sign['state'] {
  if (!isCompleted || count === undefined || level === undefined) return 'unknown';
  return hasRisen(count, level.count) ? 'present' : 'absent';
}

function hasRisen(count: number, before: number): boolean {
  return count >= before * RISE && count - before >= LEAST_RISE;
}

/** It falls with the count at once, and rises with it once a day, unless that is the rise that operators are told of. */
function levelOf(before: Memory['gaps'], count: number | undefined, now: number): Memory['gaps'] {
  if (count === undefined) return before;
  if (before === undefined || count < before.count) return { count, at: now };
  const isOld = now - before.at >= DAY_MS;
  return isOld && !hasRisen(count, before.count) ? { count, at: now } : before;
}

/** A trouble that a run under way meets. */
export interface MetUnderWay {
  readonly code: ErrorCode;
  readonly since: number;
}

/** The signs of a run that has not ended: it may be in trouble for hours. */
export function signsUnderWay(troubles: readonly MetUnderWay[], isOverdue: boolean): readonly Sign[] {
  const isOkta = ({ code }: MetUnderWay): boolean => OKTA_REFUSALS.has(code);
  const isKey = ({ code }: MetUnderWay): boolean => code === 'intake_auth';
  const stops = ({ code }: MetUnderWay): boolean =>
    code === 'intake_unavailable' || code === 'intake_refused';
  return [
    ...(troubles.some(isOkta) ? [present('credential-refused', 'okta')] : []),
    ...(troubles.some(isKey) ? [present('credential-refused', 'intake')] : []),
    ...troubles.filter(stops).map(({ since }) => ({ ...present('delivery-stopped'), since })),
    ...(isOverdue ? [present('no-completed-run')] : []),
  ];
}

function present(cause: NoticeCause, side?: Sign['side']): Sign {
  return { cause, ...(side === undefined ? {} : { side }), state: 'present' };
}
