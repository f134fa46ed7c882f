import type { Log } from '../../ports/log.ts';
import type { Clock } from '../../ports/clock.ts';

/** Failures shorter than this may pass, so the log does not mention them. */
const SILENT_MS = 60_000;

interface Failing {
  readonly since: number;
  isTold: boolean;
}

interface FailedAttempt {
  readonly sinceMs: number;
  readonly isSilent: boolean;
}

/** Endpoints that have given no usable answer for a while. The log names each once, with the fault of its answers. */
export class FailingEndpoints {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #failing = new Map<string, Failing>();
  /** Since when no endpoint has answered anything. Unix milliseconds; `undefined` while Okta answers. */
  silentSince: number | undefined;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  answered(endpoint: string): void {
    this.#failing.delete(endpoint);
    this.silentSince = undefined;
  }

  /**
   * @param sinceMs how long the attempt took that has just failed
   * @param isSilent nothing was answered, not even an error
   */
  failed(endpoint: string, reason: string, { sinceMs, isSilent }: FailedAttempt): void {
    const since = this.#clock.now() - sinceMs;
    this.silentSince = isSilent ? (this.silentSince ?? since) : undefined;
    const failing = this.#failing.get(endpoint) ?? { since, isTold: false };
    this.#failing.set(endpoint, failing);
    const seconds = Math.round((this.#clock.now() - failing.since) / 1000);
    if (failing.isTold || seconds * 1000 < SILENT_MS) return;
    failing.isTold = true;
    const hint = 'see status.okta.com, and what stands between: a proxy, an inspecting firewall';
    this.#log.warn(
      { endpoint, reason, seconds, hint },
      'Okta has given no usable answer for a while: asking on',
    );
  }
}
