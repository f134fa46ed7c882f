import type { ServerAnswer, Reply } from '../answer.ts';
import type { AnswerStyle, Ask } from './endpoint.ts';
import { FaultDice } from '../faults.ts';
import type { FaultOptions } from '../faults.ts';
import { findHostility, hostileOutcome } from './hostile.ts';
import { HookDesk } from './hooks/desk.ts';
import { OAuthDesk, TOKEN_PATH } from './oauth-desk.ts';
import { faultOutcome, OKTA_FAULTS } from './faults.ts';
import type { OktaFaultKind } from './faults.ts';
import type { OktaServerOptions, OktaTally } from './options.ts';
import type { SimulatedOrg } from '../org/org.ts';
import { problem } from './problems.ts';
import { RateWindows } from './rate-windows.ts';
import type { Spending } from './rate-windows.ts';
import { Refusals } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import { findRoute } from './routes.ts';
import type { FoundRoute } from './routes.ts';

export const DEFAULT_TOKEN = 'simulated-token';
export const DEFAULT_HOOKS_TOKEN = 'simulated-hooks-token';

const HOOKS = '/api/v1/eventHooks';
const LOG = '/api/v1/logs';

export interface DeskRequest {
  readonly method: string;
  /** With its query, as it was sent. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly dpop: string | undefined;
  /** Of a request that is no GET; empty otherwise. */
  readonly body: string;
  /** This one included. */
  readonly inFlight: number;
  readonly base: string;
  readonly now: number;
}

export interface Decision {
  readonly outcome: Reply;
  readonly bucket: string | undefined;
}

/** Decides what each request gets; knows nothing of sockets. */
export class OktaDesk {
  readonly windows: RateWindows;
  readonly oauth: OAuthDesk | undefined;
  readonly hooks: HookDesk;
  readonly tally: OktaTally = {
    total: 0,
    rateLimited: 0,
    concurrencyLimited: 0,
    unauthorised: 0,
    refused: 0,
    faults: 0,
    mostInFlight: 0,
    writes: 0,
  };
  readonly #org: SimulatedOrg;
  readonly #options: OktaServerOptions;
  #faults: FaultDice<OktaFaultKind> | undefined;
  #refusals: Refusals;
  #tokens: readonly string[];
  #style: AnswerStyle;

  /** @param place the org's own address and clock */
  constructor(
    org: SimulatedOrg,
    options: OktaServerOptions,
    place: { readonly base: () => string; readonly now: () => number },
  ) {
    this.#org = org;
    this.#options = options;
    this.#style = options;
    this.#tokens = [options.token ?? DEFAULT_TOKEN];
    this.windows = new RateWindows(options.rates ?? {});
    this.oauth = options.oauth === undefined ? undefined : new OAuthDesk(options.oauth);
    this.hooks = new HookDesk({
      ...place,
      org,
      options: options.hooks ?? {},
      pipeline: () => this.#style.pipeline ?? 'idx',
    });
    this.setFaults(options.faults);
    this.#refusals = new Refusals(options.refuse ?? []);
  }

  setRefusals(list: readonly Refusal[]): void {
    this.#refusals = new Refusals(list);
  }

  setFaults(faults: FaultOptions<OktaFaultKind> | undefined): void {
    this.#faults = faults === undefined ? undefined : new FaultDice(faults, OKTA_FAULTS);
  }

  setTokens(tokens: readonly string[]): void {
    this.#tokens = tokens;
  }

  setStyle(changes: AnswerStyle): void {
    this.#style = { ...this.#style, ...changes };
  }

  decide(request: DeskRequest): Decision {
    const [path = ''] = request.url.split('?');
    const found = findRoute(path);
    if (request.method === 'POST' && path === TOKEN_PATH && this.oauth !== undefined)
      return unbudgeted(this.oauth.giveToken(request, request.body));
    if (request.method !== 'GET' && found?.route.answers[request.method] === undefined)
      return unbudgeted(
        problem(found === undefined ? 404 : 405, found === undefined ? 'E0000008' : undefined),
      );
    const stopped = found?.route.isPublic === true ? undefined : this.#stop(request, found?.route.template);
    if (stopped !== undefined) return unbudgeted(stopped);
    if (found === undefined) return unbudgeted(problem(404, 'E0000008'));
    if (found.route.bucket === undefined)
      return { outcome: this.#respond(request, path, found), bucket: undefined };
    if (request.inFlight > (this.#options.maxConcurrency ?? Infinity))
      return this.#refuseConcurrency(request);

    const bucket = this.windows.bucketOf(found.route.template, found.route.bucket);
    const spending = this.windows.spend(bucket, request.now);
    if (!spending.isAllowed) this.tally.rateLimited += 1;
    const outcome = spending.isAllowed ? this.#respond(request, path, found) : answered(problem(429));
    return { outcome: this.#withRates(outcome, spending), bucket };
  }

  /** The answer for a caller who may not ask at all; `undefined` for a right credential. */
  #stop(request: DeskRequest, template: string | undefined): ServerAnswer | undefined {
    const isOfHooks = template?.startsWith(HOOKS) === true;
    if (request.authorization === `SSWS ${this.#options.hooks?.token ?? DEFAULT_HOOKS_TOKEN}`)
      return isOfHooks || template === LOG ? undefined : problem(403);
    if (this.#tokens.some((token) => request.authorization === `SSWS ${token}`))
      return isOfHooks ? problem(403) : undefined;
    const isForOAuth = this.oauth !== undefined && !request.authorization?.startsWith('SSWS ');
    const stopped = isForOAuth ? this.oauth.checkCall(request, template) : problem(401, 'E0000011');
    if (stopped?.status === 401) this.tally.unauthorised += 1;
    return stopped;
  }

  #refuseConcurrency(request: DeskRequest): Decision {
    this.tally.concurrencyLimited += 1;
    const spending = { isAllowed: false, limit: 0, remaining: 0, reset: Math.floor(request.now / 1_000) + 1 };
    return { outcome: this.#withRates(answered(problem(429)), spending), bucket: undefined };
  }

  #withRates(outcome: Reply, spending: Spending): Reply {
    if (this.#options.rates?.headers === 'none') return outcome;
    if ('pending' in outcome)
      return { ...outcome, pending: outcome.pending.then((answer) => withRates(answer, spending)) };
    return 'answer' in outcome ? { ...outcome, answer: withRates(outcome.answer, spending) } : outcome;
  }

  /** The answer after the gates: a fault, a refusal, harm, or the right answer. */
  #respond(request: DeskRequest, path: string, found: FoundRoute): Reply {
    const { template } = found.route;
    const ask = this.#makeAsk(request, path, found);
    if (ask === undefined) return answered(problem(400));
    const right = found.route.answers[request.method] ?? (() => problem(405));
    const answer = (): ServerAnswer | Promise<ServerAnswer> =>
      this.#refuse(template, path, found.rawId) ?? this.#giveUp(template, ask) ?? right(ask);
    const fault = this.#faults?.roll(`${request.method} ${request.url}`);
    if (fault === undefined) return hostileOutcome(ask.hostility, request.url) ?? replyOf(answer());
    this.tally.faults += 1;
    return faultOutcome(fault, () => replyOf(answer()));
  }

  /** A page that is too large for the org. */
  #giveUp(template: string, { query, style }: Ask): ServerAnswer | undefined {
    const largest = style.largestPages?.[template] ?? Infinity;
    return Number(query.get('limit') ?? 0) > largest ? problem(500) : undefined;
  }

  #refuse(template: string, path: string, id: string): ServerAnswer | undefined {
    const refusal = this.#refusals.check({ template, path, id });
    if (refusal !== undefined) this.tally.refused += 1;
    return refusal;
  }

  #makeAsk(request: DeskRequest, path: string, { route, rawId, rawInnerId }: FoundRoute): Ask | undefined {
    const [id, innerId] = [decode(rawId), decode(rawInnerId)];
    if (id === undefined || innerId === undefined) return undefined;
    return {
      org: this.#org,
      base: request.base,
      path,
      query: new URLSearchParams(request.url.slice(path.length)),
      id,
      innerId,
      style: this.#style,
      hostility: findHostility(this.#options.hostile, route.template),
      now: request.now,
      body: request.body,
      hooks: this.hooks,
    };
  }
}

function replyOf(answer: ServerAnswer | Promise<ServerAnswer>): Reply {
  return answer instanceof Promise ? { kind: 'later', pending: answer } : answered(answer);
}

function withRates(answer: ServerAnswer, spending: Spending): ServerAnswer {
  // A 429 that is a fault is the fault of others, who have spent the bucket.
  const remaining = answer.status === 429 && spending.isAllowed ? 0 : spending.remaining;
  const rates = {
    'x-rate-limit-limit': String(spending.limit),
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-reset': String(spending.reset),
  };
  return { ...answer, headers: { ...answer.headers, ...rates } };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function answered(answer: ServerAnswer): Reply {
  return { kind: 'answer', answer };
}

function unbudgeted(answer: ServerAnswer): Decision {
  return { outcome: answered(answer), bucket: undefined };
}
