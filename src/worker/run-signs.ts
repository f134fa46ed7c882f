import { SinkError, type ErrorCode } from '../ports/errors.ts';
import type { Job } from '../sync/job.ts';

/** The trouble that a run under way meets. */
interface RunTrouble {
  readonly code: ErrorCode;
  /** Unix milliseconds on this machine's clock. */
  readonly since: number;
  /** The run may still succeed. */
  readonly isTriedAgain: boolean;
}

/** The state of both sides, as far as a run under way has shown it. */
export interface RunSigns {
  readonly isReading: boolean;
  readonly troubles: readonly RunTrouble[];
  /** When events began to be kept from the sink; `undefined` while it takes them. */
  readonly sinkFailsSince: number | undefined;
  /** Has the run shown that this trouble of an earlier one is over? The code is of an error or a check. */
  readonly isOver: (code: string) => boolean;
}

/** A run delivers what it has read even after its reading has failed, so both sides may be in trouble at once. */
export function signsOf({ delivery, tally, meter }: Pick<Job, 'delivery' | 'tally' | 'meter'>): RunSigns {
  const { isProven, trouble, error } = delivery.totals();
  const { readingEnded, listed, mode } = tally;
  const { isCredentialAccepted, silentSince } = meter();
  const hasReadAll = mode !== 'marks' && readingEnded !== undefined && readingEnded.failure === undefined;
  const isOver = (code: string): boolean => {
    if (code === 'config') return true;
    if (code.startsWith('intake')) return isProven;
    if (hasReadAll) return true;
    if (PROVEN_BY_ANY_ANSWER.has(code)) return isCredentialAccepted === true;
    return code.startsWith('okta') && listed > 0;
  };
  return {
    isReading: readingEnded === undefined,
    troubles: [
      ...(readingEnded?.failure === undefined
        ? []
        : [{ code: readingEnded.failure.code, since: readingEnded.at, isTriedAgain: false }]),
      ...(readingEnded !== undefined || silentSince === undefined
        ? []
        : [{ code: 'okta_unavailable' as const, since: silentSince, isTriedAgain: true }]),
      ...(trouble === undefined
        ? []
        : [{ code: trouble.error.code, since: trouble.since, isTriedAgain: error === undefined }]),
    ],
    sinkFailsSince: trouble?.error instanceof SinkError ? trouble.since : undefined,
    isOver,
  };
}

const PROVEN_BY_ANY_ANSWER: ReadonlySet<string> = new Set(['okta_auth', 'okta_address', 'okta_credential']);
