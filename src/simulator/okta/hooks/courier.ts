import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, makeId, type Random } from '../../org/random.ts';
import type { LogEvent } from '../../org/system-log.ts';
import type { SimulatedHook } from './hook.ts';
import type { HookOptions, HookTally } from './options.ts';
import { callTwice, chosenHeaders } from './post.ts';

const FAULT_RATE = 0.3;
const BATCH_SIZE = 20;

export interface CourierParts {
  readonly options: HookOptions;
  readonly tally: HookTally;
  /** The org's own address. */
  readonly base: () => string;
  readonly now: () => number;
  /** The hook as it is now; absent: it is no longer there, or not called any more. */
  readonly find: (id: string) => SimulatedHook | undefined;
  /** Called when a request was given up. */
  readonly onFailure: (hook: SimulatedHook) => void;
}

/** Carries events to the addresses of hooks: together, at least once, and in no order that one can rely on. */
export class Courier {
  readonly #parts: CourierParts;
  readonly #random: Random;
  readonly #waiting = new Map<string, LogEvent[]>();
  readonly #underway = new Set<Promise<void>>();
  readonly #end = new AbortController();
  #sent = 0;

  constructor(parts: CourierParts) {
    this.#parts = parts;
    this.#random = createRandom(parts.options.seed ?? 1);
  }

  take(hookId: string, event: LogEvent): void {
    const waiting = this.#waiting.get(hookId);
    if (waiting !== undefined) {
      waiting.push(event);
      return;
    }
    this.#waiting.set(hookId, [event]);
    this.#track(this.#pause(this.#parts.options.batchMs ?? 0).then(() => this.#flush(hookId)));
  }

  /** Resolves once nothing waits and nothing is on its way. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  /** Requests that were not made yet are lost. */
  close(): void {
    this.#end.abort();
  }

  #flush(hookId: string): void {
    if (this.#end.signal.aborted) return;
    const events = this.#waiting.get(hookId) ?? [];
    this.#waiting.delete(hookId);
    const { batchSize = BATCH_SIZE } = this.#parts.options;
    for (let from = 0; from < events.length; from += batchSize)
      this.#send(hookId, events.slice(from, from + batchSize));
  }

  #send(hookId: string, events: readonly LogEvent[]): void {
    const { lateMs = 2_000 } = this.#parts.options;
    if (this.#meets('drop')) {
      this.#parts.tally.dropped += 1;
      return;
    }
    const isShuffled = this.#meets('shuffle');
    const inOrder = isShuffled ? this.#shuffled(events) : events;
    const body = this.#bodyOf(hookId, inOrder);
    // A request that is held back for a while arrives behind those that follow it.
    const heldMs = isShuffled ? this.#random.below(lateMs) : 0;
    const waits = [this.#meets('late') ? lateMs : heldMs];
    if (this.#meets('double')) waits.push(this.#random.below(lateMs));
    for (const ms of waits) this.#track(this.#pause(ms).then(() => this.#post(hookId, events.length, body)));
  }

  async #post(hookId: string, count: number, body: string): Promise<void> {
    const { options, tally, find, onFailure } = this.#parts;
    const hook = find(hookId);
    if (hook === undefined || this.#end.signal.aborted) return;
    tally.requests += 1;
    const post = {
      channel: hook.channel,
      timeoutMs: options.timeoutMs ?? 3_000,
      body,
      headers: { 'content-type': 'application/json', ...chosenHeaders(hook.channel) },
      signal: this.#end.signal,
    };
    const answer = await callTwice(post, () => {
      tally.requests += 1;
      tally.repeated += 1;
    });
    if (answer !== undefined && answer.status >= 200 && answer.status < 300) {
      tally.delivered += count;
      return;
    }
    tally.failed += 1;
    onFailure(hook);
  }

  #bodyOf(hookId: string, events: readonly LogEvent[]): string {
    this.#sent += 1;
    return JSON.stringify({
      eventType: 'com.okta.event_hook',
      eventTypeVersion: '1.0',
      cloudEventsVersion: '0.1',
      source: `${this.#parts.base()}/api/v1/eventHooks/${hookId}`,
      eventId: makeId('evt', this.#parts.options.seed ?? 1, this.#sent),
      data: { events },
      eventTime: new Date(this.#parts.now()).toISOString(),
      contentType: 'application/json',
    });
  }

  #meets(fault: NonNullable<HookOptions['faults']>[number]): boolean {
    const { faults = [], faultRate = FAULT_RATE } = this.#parts.options;
    return faults.includes(fault) && this.#random.chance(faultRate);
  }

  #shuffled(events: readonly LogEvent[]): readonly LogEvent[] {
    return events
      .map((event) => ({ event, place: this.#random.next() }))
      .toSorted((one, other) => one.place - other.place)
      .map(({ event }) => event);
  }

  #track(work: Promise<void>): void {
    const underway = work.finally(() => this.#underway.delete(underway));
    this.#underway.add(underway);
  }

  /** Ends early where the org is closed. */
  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#end.signal }).catch(() => undefined);
  }
}
