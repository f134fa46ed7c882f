import { expect, test } from 'vitest';
import { OktaUnavailableError, SinkAuthError, SinkUnavailableError } from '../ports/errors.ts';
import type { DeliveryTotals } from '../ports/sink.ts';
import { Tally } from '../sync/tally.ts';
import { signsOf } from './run-signs.ts';

const CODES = ['config', 'okta_auth', 'okta_forbidden', 'inventory', 'intake_unavailable'];
const SINCE = Date.parse('2026-08-01T10:00:00Z');

/** A run that has listed so many users, and so on. */
function signs({
  listed = 0,
  isCredentialAccepted = false,
  silentSince,
  readingEnded,
  ...totals
}: Partial<DeliveryTotals & Pick<Tally, 'listed' | 'readingEnded'>> & {
  readonly isCredentialAccepted?: boolean;
  readonly silentSince?: number;
} = {}) {
  const tally = Object.assign(new Tally(), { listed, readingEnded });
  const calls = { calls: new Map(), rateLimited: 0, waitedMs: 0, isCredentialAccepted, silentSince };
  const nothing = { batches: 0, retries: 0, accepted: 0, isProven: false, refused: 0 };
  const delivery = {
    start: () => undefined,
    wake: () => undefined,
    finish: async () => ({ ...nothing, error: undefined, trouble: undefined }),
    totals: () => ({ ...nothing, error: undefined, trouble: undefined, ...totals }),
  };
  return signsOf({ tally, meter: () => calls, delivery });
}

test.each([
  ['has begun', {}, ['config']],
  ['got an answer to its credential', { isCredentialAccepted: true }, ['config', 'okta_auth']],
  ['listed users', { listed: 1, isCredentialAccepted: true }, ['config', 'okta_auth', 'okta_forbidden']],
  ['delivered an event', { isProven: true }, ['config', 'intake_unavailable']],
  [
    'read everything',
    { readingEnded: { at: SINCE, failure: undefined } },
    ['config', 'okta_auth', 'okta_forbidden', 'inventory'],
  ],
] as const)('worker, signs of a run: one that %s shows which troubles are over', (_, shown, over) => {
  expect(CODES.filter(signs(shown).isOver)).toEqual(over);
});

test('worker, signs of a run: a failure of reading and one of delivery are both told while it goes on', () => {
  const failure = new OktaUnavailableError('no answer');
  const error = new SinkUnavailableError('no answer');
  const shown = signs({ readingEnded: { at: SINCE, failure }, trouble: { error, since: SINCE + 1 } });

  expect(shown).toMatchObject({ isReading: false, sinkFailsSince: SINCE + 1 });
  expect(shown.troubles).toEqual([
    { code: 'okta_unavailable', since: SINCE, isTriedAgain: false },
    { code: 'intake_unavailable', since: SINCE + 1, isTriedAgain: true },
  ]);
  expect(shown.isOver('okta_forbidden')).toBe(false);
});

test('worker, signs of a run: delivery that has ended is not tried again', () => {
  const error = new SinkAuthError('refused');

  expect(signs({ error, trouble: { error, since: SINCE } }).troubles).toEqual([
    { code: 'intake_auth', since: SINCE, isTriedAgain: false },
  ]);
});

test('worker, signs of a run: an Okta that answers nothing is told while it is read, and asked on', () => {
  const tried = { code: 'okta_unavailable', since: SINCE, isTriedAgain: true };

  expect(signs({ silentSince: SINCE }).troubles).toEqual([tried]);
  expect(signs({ silentSince: SINCE, readingEnded: { at: SINCE, failure: undefined } }).troubles).toEqual([]);
});
