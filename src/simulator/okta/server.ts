import type { IncomingMessage, ServerResponse } from 'node:http';
import { deliver } from '../delivery.ts';
import { readBody, startLoopback } from '../loopback.ts';
import { TOKEN_PATH, type OAuthDesk } from './oauth-desk.ts';
import { OktaDesk } from './desk.ts';
import type { Decision } from './desk.ts';
import type { AnswerStyle } from './endpoint.ts';
import type { ArrivedRequest, LoggedRequest, OktaServerOptions, OktaTally } from './options.ts';
import type { SimulatedOrg } from '../org/org.ts';
import { createRandom, makeId } from '../org/random.ts';
import type { Random } from '../org/random.ts';
import type { HookDesk } from './hooks/desk.ts';
import type { RateWindow } from './rate-windows.ts';
import type { Refusal } from './refusals.ts';
import { findRoute } from './routes.ts';

export interface OktaServer {
  readonly url: string;
  /** Requests by endpoint template, whatever their answer; what is no endpoint is under `other`. */
  readonly calls: ReadonlyMap<string, number>;
  readonly tally: Readonly<OktaTally>;
  /** Empty unless `keepsLog`. */
  readonly log: readonly LoggedRequest[];
  /** Every rate window so far, the current ones included. */
  readonly windows: readonly RateWindow[];
  /** A bucket's limit from its next window on. */
  setLimit(bucket: string, limit: number): void;
  /** In place of all refusals so far. */
  setRefusals(list: readonly Refusal[]): void;
  /** In place of those so far; none: every request is answered rightly from now on. */
  setFaults(faults: OktaServerOptions['faults']): void;
  /** The SSWS tokens that are right from now on. */
  setTokens(tokens: readonly string[]): void;
  /** Over what was said of the way in which this org answers. */
  setStyle(changes: AnswerStyle): void;
  /** Its event hooks, and how their requests fared. */
  readonly hooks: Pick<HookDesk, 'hooks' | 'tally' | 'settled'>;
  /** Its authorization server, where it has a service app. */
  readonly oauth: OAuthDesk | undefined;
  /** The server's own clock, its skew included. */
  readonly now: () => number;
  readonly close: () => Promise<void>;
}

class OktaReception {
  readonly calls = new Map<string, number>();
  readonly log: LoggedRequest[] = [];
  readonly desk: OktaDesk;
  base = '';
  readonly #options: OktaServerOptions;
  readonly #random: Random = createRandom(23);
  #inFlight = 0;

  constructor(org: SimulatedOrg, options: OktaServerOptions) {
    this.#options = options;
    this.desk = new OktaDesk(org, options, { base: () => this.base, now: () => this.now() });
  }

  receive(request: IncomingMessage, response: ServerResponse): void {
    const arrived = this.#count(request);
    this.#options.onRequest?.(arrived);
    this.#inFlight += 1;
    this.desk.tally.mostInFlight = Math.max(this.desk.tally.mostInFlight, this.#inFlight);
    response.once('close', () => {
      this.#inFlight -= 1;
    });
    if (arrived.method === 'GET') return this.#answer(request, response, arrived, '');
    readBody(request).then(
      (body) => this.#answer(request, response, arrived, body),
      // The client went away in the middle of its request: nobody is left to answer.
      () => response.destroy(),
    );
  }

  #answer(request: IncomingMessage, response: ServerResponse, arrived: ArrivedRequest, body: string): void {
    const { authorization, dpop } = request.headers;
    const decision = this.desk.decide({
      method: arrived.method,
      url: arrived.path,
      authorization,
      dpop: typeof dpop === 'string' ? dpop : undefined,
      body,
      inFlight: this.#inFlight,
      base: this.base,
      now: this.now(),
    });
    this.#record(arrived, decision);
    const latencyMs = this.#latencyMs();
    if (latencyMs === 0) this.#send(response, arrived, decision);
    else setTimeout(() => this.#send(response, arrived, decision), latencyMs);
  }

  #count(request: IncomingMessage): ArrivedRequest {
    const { method = '', url: path = '' } = request;
    const [plain = ''] = path.split('?');
    const template = plain === TOKEN_PATH ? plain : (findRoute(plain)?.route.template ?? 'other');
    this.calls.set(template, (this.calls.get(template) ?? 0) + 1);
    this.desk.tally.total += 1;
    if (method !== 'GET' && plain !== TOKEN_PATH) this.desk.tally.writes += 1;
    return { method, path, template, count: this.desk.tally.total };
  }

  #record(arrived: ArrivedRequest, { outcome, bucket }: Decision): void {
    if (this.#options.keepsLog !== true) return;
    const status = 'answer' in outcome ? outcome.answer.status : 0;
    this.log.push({ ...arrived, at: this.now(), bucket, status });
  }

  #send(response: ServerResponse, arrived: ArrivedRequest, decision: Decision): void {
    response.sendDate = false;
    response.setHeader('date', new Date(this.now()).toUTCString());
    response.setHeader('x-okta-request-id', makeId('req', 29, arrived.count));
    deliver(response, decision.outcome);
  }

  now(): number {
    return (this.#options.now ?? Date.now)() + (this.#options.skewMs ?? 0);
  }

  #latencyMs(): number {
    const latency = this.#options.latencyMs ?? 0;
    if (typeof latency === 'number') return latency;
    return latency[0] + this.#random.below(latency[1] - latency[0] + 1);
  }
}

/** An Okta org on loopback. It behaves as Okta documents it, until the options or a call say otherwise. */
export async function startOktaServer(
  org: SimulatedOrg,
  options: OktaServerOptions = {},
): Promise<OktaServer> {
  const reception = new OktaReception(org, options);
  const { url, close } = await startLoopback(
    (request, response) => reception.receive(request, response),
    options.port,
  );
  reception.base = options.ownUrl ?? url;
  const { desk, calls, log } = reception;
  return {
    url,
    calls,
    log,
    close: async () => {
      desk.hooks.close();
      await close();
    },
    hooks: desk.hooks,
    tally: desk.tally,
    oauth: desk.oauth,
    windows: desk.windows.history,
    setLimit: (bucket, limit) => desk.windows.setLimit(bucket, limit),
    setRefusals: (list) => desk.setRefusals(list),
    setFaults: (faults) => desk.setFaults(faults),
    setTokens: (tokens) => desk.setTokens(tokens),
    setStyle: (changes) => desk.setStyle(changes),
    now: () => reception.now(),
  };
}
