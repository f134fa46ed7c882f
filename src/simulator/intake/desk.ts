import { emptyAnswer, htmlAnswer, jsonAnswer } from '../answer.ts';
import type { ServerAnswer, Reply } from '../answer.ts';
import { FaultDice } from '../faults.ts';
import type { Fault } from '../faults.ts';
import { readEnvelope, uidOf } from './envelope.ts';
import type { Items } from './envelope.ts';
import { INTAKE_FAULTS } from './options.ts';
import type { IntakeFaultKind, IntakeServerOptions, IntakeState, ReceivedItem } from './options.ts';
import { hashText } from '../org/random.ts';

export const DEFAULT_API_KEY = 'simulated-key';
export const DEFAULT_CONNECTOR_UUID = '11111111-2222-4333-8444-555555555555';
export const DEFAULT_DEVICES_CONNECTOR_UUID = '22222222-3333-4444-8555-666666666666';

const PATH = /^\/api\/v2\/asset-management\/asset-connector\/([^/?]+)$/;

export interface IntakeDeskRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly bytes: number;
}

export interface IntakeDecision {
  readonly outcome: Reply;
  readonly items: number;
  readonly isStored: boolean;
}

/** Decides what each batch gets, and keeps what it takes. */
export class IntakeDesk {
  readonly received: ReceivedItem[] = [];
  readonly latest = new Map<string, Readonly<Record<string, unknown>>>();
  state: IntakeState = 'up';
  batches = 0;
  events = 0;
  #arrived = 0;
  readonly #options: IntakeServerOptions;
  #faults: FaultDice<IntakeFaultKind> | undefined;

  constructor(options: IntakeServerOptions) {
    this.#options = options;
    this.setFaults(options.faults);
  }

  setFaults(faults: IntakeServerOptions['faults']): void {
    this.#faults = faults === undefined ? undefined : new FaultDice(faults, INTAKE_FAULTS);
  }

  decide(request: IntakeDeskRequest): IntakeDecision {
    const early = this.#outOfOrder() ?? this.#wrongAddress(request);
    if (early !== undefined) return { outcome: early, items: 0, isStored: false };
    if (request.bytes > (this.#options.maxBytes ?? Infinity)) return refusal(413, 'payload too large', 0);
    const items = readEnvelope(request.body);
    if (typeof items === 'string') return refusal(400, items, 0);
    const fault = this.#rollFault(request);
    if (fault !== undefined && fault.kind !== 'lost-acknowledgement') {
      return { outcome: this.#faultOutcome(fault, items.length), items: items.length, isStored: false };
    }
    const refused = this.#refuse(items);
    if (refused !== undefined) return refused;
    this.#store(items);
    const outcome: Reply = fault === undefined ? this.#success(items.length) : { kind: 'reset' };
    return { outcome, items: items.length, isStored: true };
  }

  #outOfOrder(): Reply | undefined {
    if (typeof this.state === 'number') return refusal(this.state, 'refused on request', 0).outcome;
    if (this.state === 'silent') return { kind: 'hang' };
    if (this.state === 'reset') return { kind: 'reset' };
    if (this.state === 'page') return { kind: 'answer', answer: htmlAnswer(200) };
    if (this.state === 'unavailable') return { kind: 'answer', answer: htmlAnswer(503) };
    const { redirect } = this.#options;
    return redirect === undefined
      ? undefined
      : { kind: 'answer', answer: { status: 302, body: '', headers: { location: redirect } } };
  }

  #wrongAddress({ method, url, authorization, contentType }: IntakeDeskRequest): Reply | undefined {
    const uuid = PATH.exec(url)?.[1];
    if (uuid === undefined) return refusal(404, 'no such path', 0).outcome;
    if (method !== 'POST') return refusal(405, 'only POST', 0).outcome;
    if (authorization !== `Bearer ${this.#options.apiKey ?? DEFAULT_API_KEY}`)
      return refusal(401, 'the API key is not valid', 0).outcome;
    const { connectorUuid: users = DEFAULT_CONNECTOR_UUID } = this.#options;
    if (uuid !== users && uuid !== DEFAULT_DEVICES_CONNECTOR_UUID)
      return refusal(404, 'no such connector', 0).outcome;
    const isJson = contentType !== undefined && /^application\/json(;|$)/i.test(contentType);
    return isJson ? undefined : refusal(415, 'the content type must be application/json', 0).outcome;
  }

  #rollFault({ body }: IntakeDeskRequest): Fault<IntakeFaultKind> | undefined {
    this.#arrived += 1;
    const isByOrder = this.#options.faultsFollow === 'order';
    return this.#faults?.roll(String(isByOrder ? this.#arrived : hashText(body)));
  }

  #refuse(items: Items): IntakeDecision | undefined {
    const emptyStatus = this.#options.emptyBatchStatus ?? 200;
    if (items.length === 0 && emptyStatus !== 200) return refusal(emptyStatus, 'the batch is empty', 0);
    for (const item of items) {
      const status = this.#options.refuseEvent?.(item);
      if (status !== undefined)
        return refusal(status, `event of ${uidOf(item) ?? 'nobody'} refused`, items.length);
    }
    return undefined;
  }

  #store(items: Items): void {
    const { keeps = 'all' } = this.#options;
    this.batches += 1;
    this.events += items.length;
    if (keeps === 'nothing') return;
    for (const item of items) {
      if (keeps === 'all') this.received.push({ item, batch: this.batches });
      const uid = uidOf(item);
      if (uid !== undefined) this.latest.set(uid, item);
    }
  }

  #success(count: number): Reply {
    const { successStatus = 200, successBody = 'json', isGiant = false } = this.#options;
    if (isGiant) return { kind: 'giant' };
    if (successStatus === 204 || successBody === 'empty')
      return { kind: 'answer', answer: emptyAnswer(successStatus) };
    if (successBody === 'html') return { kind: 'answer', answer: htmlAnswer(successStatus) };
    return { kind: 'answer', answer: jsonAnswer(successStatus, { accepted: count }) };
  }

  #faultOutcome({ kind, variation }: Fault<IntakeFaultKind>, items: number): Reply {
    if (kind === 'reset' || kind === 'hang') return { kind };
    const empty = emptyConfirmation(kind, items);
    if (empty !== undefined) return { kind: 'answer', answer: empty };
    return {
      kind: 'answer',
      answer:
        kind === '429' || kind === '429-date' ? this.#tooMany(kind) : brokenAnswer(Number(kind), variation),
    };
  }

  #tooMany(kind: '429' | '429-date'): ServerAnswer {
    const seconds = this.#options.retryAfterSeconds ?? 1;
    const now = (this.#options.now ?? Date.now)();
    // Rounded up: a date in a header has whole seconds only.
    const date = new Date(Math.ceil(now / 1_000) * 1_000 + seconds * 1_000).toUTCString();
    return jsonAnswer(
      429,
      { code: 'T429', message: 'too many requests' },
      { 'retry-after': kind === '429' ? String(seconds) : date },
    );
  }
}

/** Looks like a confirmation by its status alone. */
function emptyConfirmation(kind: IntakeFaultKind, items: number): ServerAnswer | undefined {
  if (kind === '200-html') return htmlAnswer(200);
  if (kind === '200-error') return jsonAnswer(200, { code: 'T500', message: 'not stored' });
  if (kind === '200-none') return jsonAnswer(200, { accepted: 0 });
  if (kind !== '207-errors') return undefined;
  const error = { code: 'T500', message: 'not stored' };
  return jsonAnswer(207, { results: Array.from({ length: items }, () => ({ status: 500, error })) });
}

function brokenAnswer(status: number, variation: number): ServerAnswer {
  if (variation % 3 === 0) return jsonAnswer(status, { code: `T${status}`, message: 'broken on request' });
  return variation % 3 === 1 ? htmlAnswer(status) : emptyAnswer(status);
}

function refusal(status: number, message: string, items: number): IntakeDecision {
  return {
    outcome: { kind: 'answer', answer: jsonAnswer(status, { code: `T${status}`, message }) },
    items,
    isStored: false,
  };
}
