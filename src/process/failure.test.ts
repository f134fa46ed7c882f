import { describe, expect, test } from 'vitest';
import * as errors from '../ports/errors.ts';
import {
  exitCodeOf,
  exitCodeOfSignal,
  failureFields,
  failureLines,
  isStop,
  tellCrash,
  tellFailure,
} from './failure.ts';
import { createTestWorld } from './world.fixture.ts';

describe('process, failure: exit codes', () => {
  test.each([
    [new errors.ConfigError([]), 2],
    [new errors.OktaAuthError('x'), 3],
    [new errors.OktaForbiddenError('x'), 3],
    [new errors.SinkAuthError('x'), 3],
    [new errors.OktaNotFoundError('x'), 1],
    [new errors.OktaRateLimitError('x'), 1],
    [new errors.OktaUnavailableError('x'), 1],
    [new errors.OktaResponseError('x'), 1],
    [new errors.SinkUnavailableError('x'), 1],
    [new errors.SinkRefusedError('x'), 1],
    [new errors.InventoryError('x'), 1],
    [new errors.InternalError('x'), 1],
  ])('%s', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  test('of signals are those of shells', () => {
    expect([exitCodeOfSignal('SIGINT'), exitCodeOfSignal('SIGTERM')]).toEqual([130, 143]);
  });
});

test('process, failure: fields for the log are code, message and hint; many mistakes are one line', () => {
  const hint = 'set another OKTA_API_TOKEN';
  const faults = ['A', 'B'].map((name) => ({ name, problem: 'is missing', hint: 'give one' }));

  expect(failureFields(new errors.OktaAuthError('refused', { hint }))).toEqual({
    code: 'okta_auth',
    message: 'refused',
    hint,
  });
  expect(failureFields(new errors.ConfigError(faults)).message).toBe(
    'A: is missing - give one; B: is missing - give one',
  );
});

describe('process, failure: what ends by the stop signal', () => {
  const byName = Object.assign(new Error('This operation was aborted.'), { name: 'AbortError' });

  test('is a stop, whoever wrapped it', () => {
    const stopping = new AbortController();
    stopping.abort();

    expect(isStop(stopping.signal.reason, stopping.signal)).toBe(true);
    expect(isStop(byName, stopping.signal)).toBe(true);
    expect(isStop(new Error('a defect'), stopping.signal)).toBe(false);
  });

  test('is a fault while nobody said stop', () => {
    expect(isStop(byName, new AbortController().signal)).toBe(false);
  });
});

describe('process, failure: lines for people', () => {
  test('say what happened and what to do', () => {
    const error = new errors.OktaAuthError('Okta refused the token', { hint: 'set another OKTA_API_TOKEN' });

    expect(failureLines(error)).toEqual([
      'error: Okta refused the token',
      'hint: set another OKTA_API_TOKEN',
    ]);
  });

  test('are one a mistake in the settings', () => {
    const faults = ['A', 'B'].map((name) => ({ name, problem: 'is missing', hint: `for example ${name}=1` }));

    expect(failureLines(new errors.ConfigError(faults))).toEqual([
      'error: A is missing - for example A=1',
      'error: B is missing - for example B=1',
    ]);
  });

  test('cannot be broken by what a server said', () => {
    expect(failureLines(new errors.OktaResponseError('said\u001B[2J\nerror: forged'))).toHaveLength(1);
    expect(failureLines(new errors.OktaResponseError('a\nb'))[0]).toBe(String.raw`error: a\u000ab`);
  });

  test('are written to stderr, and become the exit code', () => {
    const { world, stderr } = createTestWorld();

    const code = tellFailure(new errors.OktaForbiddenError('refused'), world.err);

    expect([code, stderr()]).toEqual([3, 'error: refused\n']);
  });

  test('of a crash are one', () => {
    const { world, stderr } = createTestWorld();

    tellCrash(new TypeError('x is\nundefined'), world.err);

    expect(stderr()).toMatch(/^error: okta-ocsf broke: x is\\u000aundefined .*\n$/);
  });
});
