import type { StatusFacts } from './facts.ts';
import type { Status } from './status.ts';
import { isOfCheck, wordsOf } from './troubles.ts';
import { ago, countOf, forAsLongAs } from './words.ts';

type Health = Status['health'];

interface Remark {
  readonly code: string;
  readonly since: number | undefined;
  readonly what: string;
  readonly todo: string;
}

/** Events leave within seconds where the intake takes them. */
const LONG_IN_OUTBOX_MS = 60 * 60_000;

/** Is it well? Says so in one sentence, and gives the reasons if not. */
export function healthOf(facts: StatusFacts): Health {
  const hindrances = facts.hindrances.map((each) => ({ ...each, what: wordsOf(each.code) }));
  const rest = leftOvers(facts);
  return {
    ...judged(facts, hindrances, rest),
    reasons: [...hindrances, ...rest].map(({ since, ...words }) => ({
      ...words,
      ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    })),
  };
}

function judged(
  { at, live, stored }: StatusFacts,
  hindrances: readonly Remark[],
  rest: readonly Remark[],
): Pick<Health, 'state' | 'sentence'> {
  const known = hindrances.filter(({ code }) => code !== 'not_checked');
  const worst = known.find(({ code }) => !isOfCheck(code)) ?? known[0];
  if (worst !== undefined) return { state: 'unwell', sentence: `Unwell: ${named(worst, at)}.` };
  const success = stored?.lastSuccess;
  if (hindrances.length > 0 || success === undefined)
    return { state: 'starting', sentence: startingSentence(live !== undefined) };
  const [first, ...others] = rest;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : `, and ${others.map(({ what }) => what).join(', ')}`;
    return { state: 'attention', sentence: `Runs succeed, but ${first.what}${more}.` };
  }
  const endedAt = Date.parse(success.started_at) + success.duration_seconds * 1000;
  const pending = stored?.outbox.count ?? 0;
  const waiting = `${countOf(pending, 'event')} ${pending === 1 ? 'is' : 'are'} on the way to the intake`;
  const delivered = pending === 0 ? 'the intake has every event' : waiting;
  const sentence = `All is well: the last run completed ${ago(at - endedAt)}, and ${delivered}.`;
  return { state: 'well', sentence };
}

function startingSentence(isWorker: boolean): string {
  return isWorker ? 'Starting: this worker has not completed a run yet.' : 'No run has completed yet.';
}

function named({ what, since }: Remark, at: number): string {
  return since === undefined ? what : `${what}, ${forAsLongAs(at - since)}`;
}

/** Troubles that stand although runs succeed. */
function leftOvers({ at, stored }: StatusFacts): readonly Remark[] {
  if (stored === undefined) return [];
  const { outbox, deadLetters, gaps, notices } = stored;
  const unknown = Object.values(gaps).flatMap((reasons) => Object.values(reasons));
  const unknowns = unknown.reduce((sum, count) => sum + count, 0);
  const isStuck = outbox.oldestAt !== undefined && at - outbox.oldestAt > LONG_IN_OUTBOX_MS;
  return [
    ...oneIf(isStuck, {
      code: 'outbox',
      since: outbox.oldestAt,
      what: `${countOf(outbox.count, 'event')} still ${outbox.count === 1 ? 'waits' : 'wait'} for the intake`,
      todo: 'run `okta-ocsf test`: it tries the intake',
    }),
    ...oneIf(deadLetters.count > 0, {
      code: 'dead_letters',
      since: deadLetters.oldestAt,
      what: `${countOf(deadLetters.count, 'event')} cannot be delivered`,
      todo: 'run `okta-ocsf dead-letters`: it shows why',
    }),
    ...oneIf(unknowns > 0, {
      code: 'gaps',
      since: undefined,
      what: `${countOf(unknowns, 'answer')} ${unknowns === 1 ? 'is' : 'are'} unknown`,
      todo: 'run `okta-ocsf test`: it says which permission is missing',
    }),
    ...oneIf(notices.failingSince !== undefined, {
      code: 'notices',
      since: notices.failingSince,
      what: `${countOf(notices.count, 'message')} ${notices.count === 1 ? 'waits' : 'wait'} for the webhook, which ${notices.what ?? 'takes none'}`,
      todo: 'run `okta-ocsf notify-test`: it says what comes back',
    }),
  ];
}

function oneIf(isSo: boolean, reason: Remark): readonly Remark[] {
  return isSo ? [reason] : [];
}
