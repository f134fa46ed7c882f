/** PURE: of which trouble operators are told, and when. */
import type { NoticeCause } from '../ports/notices.ts';
import type { Memory, KnownTrouble } from './memory.ts';
import type { Sign } from './signs.ts';

/** KnownTrouble is told once it has lasted so long, or so many runs: much of it is over by then. */
const LASTING_MS = 30 * 60_000;
const LASTING_RUNS = 2;
const AGAIN_MS = 86_400_000;
/** Nothing but an operator ends it, and every try may lock an account. */
const AT_ONCE: ReadonlySet<NoticeCause> = new Set(['credential-refused']);

/** One message to operators. */
export interface Telling {
  readonly trouble: KnownTrouble;
  /** `again`: it still stands after a day. */
  readonly kind: 'first' | 'again' | 'over';
}

export interface Sighting {
  /** Shown by a run; empty between runs. */
  readonly signs: readonly Sign[];
  /** A run has just ended. */
  readonly isRunEnd: boolean;
  /** The trouble that operators want to hear of (`NOTIFY`). */
  readonly causes: ReadonlySet<NoticeCause>;
  readonly now: number;
}

export interface Outcomes {
  readonly troubles: readonly KnownTrouble[];
  readonly tellings: readonly Telling[];
}

/** KnownTrouble stands until a sign shows that it is over: a run that could not tell changes nothing. */
export function decide({ troubles }: Pick<Memory, 'troubles'>, look: Sighting): Outcomes {
  const known = troubles.filter(({ cause }) => look.causes.has(cause));
  const signs = look.signs.filter(({ cause }) => look.causes.has(cause));
  const unseen = known.filter((trouble) => !signs.some((sign) => isOf(sign, trouble)));
  const results = [
    ...unseen.map((trouble) => tellIfDue(trouble, look.now)),
    ...signs.map((sign) =>
      afterSign(
        known.find((trouble) => isOf(sign, trouble)),
        sign,
        look,
      ),
    ),
  ];
  return {
    troubles: results.flatMap(({ trouble }) => trouble ?? []),
    tellings: results.flatMap(({ telling }) => telling ?? []),
  };
}

interface Result {
  /** `undefined`: there is none, or not any more. */
  readonly trouble: KnownTrouble | undefined;
  readonly telling?: Telling;
}

function isOf(sign: Pick<Sign, 'cause' | 'side'>, trouble: KnownTrouble): boolean {
  return sign.cause === trouble.cause && sign.side === trouble.side;
}

function afterSign(before: KnownTrouble | undefined, sign: Sign, { isRunEnd, now }: Sighting): Result {
  if (sign.state === 'unknown') return before === undefined ? { trouble: before } : tellIfDue(before, now);
  if (sign.state === 'absent') return over(before);
  const { cause, side, count } = sign;
  const since = Math.min(before?.since ?? now, sign.since ?? now);
  const trouble: KnownTrouble = {
    cause,
    ...(side === undefined ? {} : { side }),
    since,
    runs: (before?.runs ?? 0) + (isRunEnd ? 1 : 0),
    ...(before?.toldAt === undefined ? {} : { toldAt: before.toldAt }),
    ...(count === undefined ? {} : { count }),
  };
  return tellIfDue(trouble, now);
}

/** KnownTrouble that nobody was told of ends in silence. */
function over(before: KnownTrouble | undefined): Result {
  if (before?.toldAt === undefined) return { trouble: undefined };
  return { trouble: undefined, telling: { trouble: before, kind: 'over' } };
}

function tellIfDue(trouble: KnownTrouble, now: number): Result {
  const { toldAt } = trouble;
  if (toldAt === undefined ? !isLasting(trouble, now) : now - toldAt < AGAIN_MS) return { trouble };
  const told = { ...trouble, toldAt: now };
  return { trouble: told, telling: { trouble: told, kind: toldAt === undefined ? 'first' : 'again' } };
}

function isLasting({ cause, runs, since }: KnownTrouble, now: number): boolean {
  return AT_ONCE.has(cause) || runs >= LASTING_RUNS || now - since >= LASTING_MS;
}
