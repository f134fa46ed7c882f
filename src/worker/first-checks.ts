import type { Check } from '../ports/checks.ts';
import { asConnectorError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/clock.ts';
import { codesOf, type Readiness } from './readiness.ts';

/** The first run waits this long for the checks; after that they go on beside it. */
const LONGEST_WAIT_MS = 5000;

export interface FirstChecksParts {
  readonly list: () => AsyncIterable<Check>;
  readonly readiness: Readiness;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  readonly log: Log;
}

/**
 * Makes the checks of `test` once, before the first run, so that a person who watches the start learns at once what is
 * missing. The run is tried whatever they say. Never throws; resolves when they are done, or have taken too long.
 */
export async function checkFirst(parts: FirstChecksParts): Promise<void> {
  const done = new AbortController();
  const checking = check(parts).finally(() => done.abort());
  const signal = AbortSignal.any([parts.stopping, done.signal]);
  await Promise.race([checking, parts.clock.sleep(LONGEST_WAIT_MS, signal)]);
}

async function check({ list, readiness, stopping, log }: FirstChecksParts): Promise<void> {
  const checks: Check[] = [];
  try {
    for await (const found of list()) {
      checks.push(found);
      tell(found, log);
    }
  } catch (thrown) {
    if (stopping.aborted) return;
    const { code, message: reason } = asConnectorError(thrown);
    log.warn({ code, reason }, 'the checks at the start could not be finished');
    return;
  }
  readiness.checked(checks);
  const passed = codesOf(checks, 'passed').length;
  const [warnings, failed] = [codesOf(checks, 'warning'), codesOf(checks, 'failed')];
  log.info({ passed, warnings, failed }, 'checks at the start ended');
}

function tell(found: Check, log: Log): void {
  if (found.status === 'passed') return;
  const { code: check, detail, cost, todo } = found;
  const facts = { check, detail, cost, todo };
  if (found.status === 'failed') log.error(facts, 'a check at the start failed');
  else log.warn(facts, 'a check at the start gave a warning');
}
