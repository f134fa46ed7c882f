import { createHttpGet, type HttpAnswer, type HttpGet } from '../../src/http/client.ts';
import { OktaClient } from '../../src/okta/client.ts';
import { createApiToken } from '../../src/okta/auth/credential.ts';
import { OktaSource } from '../../src/okta/read/source.ts';
import { Secret } from '../../src/settings/secret.ts';
import { DEFAULT_TOKEN } from '../../src/simulator/index.ts';
import { systemClock } from '../../src/process/clock.ts';

/** Whole answers by path and query. */
export type Recording = ReadonlyMap<string, HttpAnswer>;

const silent = (): void => undefined;

function createSource(baseUrl: string, http: HttpGet): OktaSource {
  const client = new OktaClient({
    baseUrl: new URL(baseUrl),
    credential: createApiToken(new Secret(DEFAULT_TOKEN)),
    http,
    limits: {
      waitedMs: 0,
      schedule: (_template, call) => call(),
      observe: silent,
      refused: () => 'bucket',
    },
    clock: systemClock,
    random: () => 0.5,
    log: { error: silent, warn: silent, info: silent, debug: silent, trace: silent },
    signal: new AbortController().signal,
  });
  const { host } = new URL(baseUrl);
  const options = { userSearch: undefined, includeDeprovisioned: false, refusedBefore: new Set<never>() };
  return new OktaSource({ client, host, ...options });
}

/** A source that keeps every answer of an org under way. */
export function createRecorder(baseUrl: string): {
  readonly source: OktaSource;
  readonly recording: Recording;
} {
  const recording = new Map<string, HttpAnswer>();
  const ask = createHttpGet({ timeoutMs: 60_000, userAgent: 'okta-ocsf/bench' });
  const source = createSource(baseUrl, async (url, headers, signal) => {
    const answer = await ask(url, headers, signal);
    if (answer.kind !== 'answer') throw new Error(`no answer to ${url.href}: ${answer.code}`);
    recording.set(url.pathname + url.search, answer);
    return answer;
  });
  return { source, recording };
}

/** A source that gives those answers again, without a network and without limits. */
export function createReplay(baseUrl: string, recording: Recording): OktaSource {
  return createSource(baseUrl, async (url) => {
    const answer = recording.get(url.pathname + url.search);
    if (answer === undefined) throw new Error(`${url.href} was not recorded`);
    return answer;
  });
}
