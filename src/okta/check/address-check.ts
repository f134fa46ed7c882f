import { z } from 'zod';
import type { Check, Trouble } from '../../ports/checks.ts';
import type { Clock } from '../../ports/clock.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { hostForm } from './host-form.ts';
import type { HttpAnswer, HttpFault, HttpGet } from '../../http/client.ts';
import { describeFault } from '../../http/faults.ts';
import { serverTime } from '../pace/rate-headers.ts';
import { OKTA_SIDE } from '../read/answers.ts';
import { readOrganization } from '../read/schema.ts';

const { template: PATH } = ENDPOINTS.org;
const TITLE = 'Okta org';
const RETRY_AFTER_MS = 500;
const COST = 'nothing can be read';
const LARGEST_SKEW_S = 60;

export interface AddressParts {
  readonly http: HttpGet;
  readonly baseUrl: URL;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Identity Engine (`idx`) or Classic (`v1`), or whatever else an org says. */
export type Pipeline = string | undefined;

export interface Address {
  readonly checks: readonly Check[];
  /** Is an Okta org there? If not, no credential is sent. */
  readonly isOrg: boolean;
  readonly pipeline: Pipeline;
}

interface TimedOutcome {
  readonly outcome: HttpAnswer | HttpFault;
  /** The middle of the exchange, on this machine's clock. */
  readonly at: number;
}

const described = z.object({ pipeline: z.string().max(40).optional().catch(undefined) });

/**
 * Is there an Okta org, which engine does it have, and do the clocks agree? One question finds out, without a
 * credential.
 */
export async function checkAddress(parts: AddressParts): Promise<Address> {
  const { outcome, at } = await askTwice(parts);
  const { host } = parts.baseUrl;
  if (outcome.kind === 'fault') return failed(faultTrouble(outcome, host));
  if (outcome.status < 200 || outcome.status >= 300) return failed(statusTrouble(outcome.status, host));
  const body = parseJson(outcome.text);
  const { id, hosts } = readOrganization(body);
  const { pipeline } = described.safeParse(body).data ?? {};
  if (id === undefined || (pipeline === undefined && hosts.length === 0)) {
    return failed(notOkta(`${host} answers, but not as an Okta org does`));
  }
  const checks = [addressCheck(parts.baseUrl, id, hosts), engineCheck(pipeline), clockCheck(outcome, at)];
  return { checks, isOrg: true, pipeline };
}

async function askTwice(parts: AddressParts): Promise<TimedOutcome> {
  const first = await askOnce(parts);
  if (!mayPass(first.outcome)) return first;
  await parts.clock.sleep(RETRY_AFTER_MS, parts.signal);
  parts.signal.throwIfAborted();
  return askOnce(parts);
}

async function askOnce({ http, baseUrl, clock, signal }: AddressParts): Promise<TimedOutcome> {
  const startedAt = clock.now();
  const outcome = await http(new URL(PATH, baseUrl.origin), {}, signal);
  return { outcome, at: (startedAt + clock.now()) / 2 };
}

/** A wrong name stays wrong, and a time-out has used up the time of a test. */
function mayPass(outcome: HttpAnswer | HttpFault): boolean {
  if (outcome.kind === 'answer') return outcome.status === 429 || outcome.status >= 500;
  const { kind } = describeFault(outcome, OKTA_SIDE);
  return kind === 'broke-off' || outcome.code === 'EAI_AGAIN';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // HTML: no org
  }
}

function failed(trouble: Trouble): Address {
  return { checks: [trouble], isOrg: false, pipeline: undefined };
}

function trouble(detail: string, todo: string): Trouble {
  return { code: 'okta_address', status: 'failed', title: TITLE, detail, cost: COST, todo };
}

function faultTrouble(fault: HttpFault, host: string): Trouble {
  const { kind, what, hint } = describeFault(fault, OKTA_SIDE);
  return kind === 'too-large' ? notOkta(`${host} ${what}`) : trouble(`${host} ${what}`, hint);
}

function notOkta(detail: string): Trouble {
  return trouble(
    `${detail}; the credential was not sent`,
    'set OKTA_BASE_URL to the address that users sign in at, such as https://acme.okta.com, without -admin and without a path',
  );
}

function statusTrouble(status: number, host: string): Trouble {
  if (status === 429 || status >= 500) {
    return trouble(`${host} answers HTTP ${status} to ${PATH}`, 'see status.okta.com, and try again later');
  }
  const isRedirect = status >= 300 && status < 400;
  return notOkta(
    isRedirect
      ? `${host} answers with a redirect (HTTP ${status}), which is never followed`
      : `${host} answers HTTP ${status} to ${PATH}, which every Okta org knows`,
  );
}

function addressCheck({ host, hostname, protocol }: URL, id: string, hosts: readonly string[]): Check {
  const how = protocol === 'https:' ? 'TLS verified' : 'plain http';
  const detail = `${host} is the org ${id}: ${hostForm(hostname)}, ${how}`;
  const shared = { code: 'okta_address', title: TITLE } as const;
  if (hosts.length === 0 || hosts.includes(hostname)) return { ...shared, status: 'passed', detail };
  return {
    ...shared,
    status: 'warning',
    detail: `${detail}; it names itself ${hosts.join(' and ')}`,
    cost: 'links to further pages may lead to that name, and are asked at this one instead',
    todo: `set OKTA_BASE_URL to https://${hosts[0] ?? ''} unless the other name is meant`,
  };
}

function engineCheck(pipeline: Pipeline): Check {
  const shared = { code: 'okta_engine', title: 'Okta engine', status: 'passed' } as const;
  if (pipeline === 'idx') return { ...shared, detail: 'Identity Engine' };
  if (pipeline === 'v1') return { ...shared, detail: 'Classic Engine' };
  return { ...shared, detail: 'the org does not say whether it is Identity Engine or Classic' };
}

/** `Date` is cut to whole seconds, so on average half a second is missing. */
function clockCheck(answer: HttpAnswer, at: number): Check {
  const shared = { code: 'okta_clock', title: 'Clock' } as const;
  const server = serverTime(answer.headers);
  if (server === undefined) return { ...shared, status: 'passed', detail: 'Okta did not tell its time' };
  const skew = Math.round((at - server - 500) / 1000);
  const seconds = Math.abs(skew);
  if (seconds <= LARGEST_SKEW_S) {
    const detail = seconds <= 1 ? "agrees with Okta's" : `${seconds} s from Okta's`;
    return { ...shared, status: 'passed', detail };
  }
  return {
    ...shared,
    status: 'warning',
    detail: `this machine's clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} Okta's`,
    cost: "pace and cursors follow Okta's time, but logs, the report and what is signed for a service app carry this machine's",
    todo: 'set the clock of this machine by NTP',
  };
}
