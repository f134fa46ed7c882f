import { expect, test } from 'vitest';
import type { Check } from '../ports/checks.ts';
import { SinkUnavailableError } from '../ports/errors.ts';
import { Readiness } from './readiness.ts';

const PASSED: Check = { code: 'okta_users', title: 'Users', status: 'passed', detail: 'zoe@example.com' };
const trouble = (code: Check['code'], status: 'warning' | 'failed'): Check => ({
  ...PASSED,
  code,
  status,
  cost: 'zoe',
  todo: 'zoe',
});
const FAILED = { outcome: 'failed', failure: new SinkUnavailableError('zoe@example.com') } as const;
const COMPLETED = { outcome: 'completed', failure: undefined } as const;

test('worker, readiness: is not there before anything was tried', () => {
  expect(new Readiness().answer()).toEqual({ status: 503, body: 'not checked yet\n' });
});

test('worker, readiness: follows the checks: failures stand in the way of a run, warnings do not; only codes are told', () => {
  const readiness = new Readiness();

  readiness.checked([PASSED, trouble('okta_factors', 'warning')]);
  expect(readiness.answer()).toEqual({ status: 200, body: 'ready\n' });

  readiness.checked([PASSED, trouble('okta_users', 'failed'), trouble('intake', 'failed')]);
  expect(readiness.answer()).toEqual({ status: 503, body: 'not ready: okta_users intake\n' });
});

test('worker, readiness: follows the last run, whatever the checks said before or say after it', () => {
  const readiness = new Readiness();
  readiness.checked([trouble('intake', 'failed')]);

  readiness.runEnded({ outcome: 'cancelled', failure: undefined });
  expect(readiness.answer().status).toBe(503);

  readiness.runEnded(COMPLETED);
  readiness.checked([trouble('intake', 'failed')]);
  expect(readiness.answer().status).toBe(200);

  readiness.runEnded(FAILED);
  expect(readiness.answer()).toEqual({ status: 503, body: 'not ready: intake_unavailable\n' });

  readiness.runEnded({ outcome: 'completed_with_gaps', failure: undefined });
  expect(readiness.answer().status).toBe(200);
});
