import type { JsonObject } from '../json.ts';
import { makeLogEvent, otherTarget } from './log-event.ts';
import type { EventFacts } from './log-event.ts';
import { noiseEvent } from './noise.ts';
import type { SimulatedApp } from './assets/asset-model.ts';
import type { SimulatedGroup, SimulatedUser } from './org-model.ts';
import type { SimulatedOrg } from './org.ts';
import { createRandom, makeId } from './random.ts';
import type { Random } from './random.ts';

/** The users whose event may be different now. */
export interface Touched {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

export interface Change extends Touched {
  readonly kind: string;
  readonly at: number;
  /** The entries that the log has about it, in order, and no others. */
  readonly eventTypes: readonly string[];
}

interface SystemLogOptions {
  /**
   * How long after publishing an event becomes readable: fixed, or between two bounds, which puts events out of order.
   */
  readonly lagMs?: number | readonly [number, number];
  /** How probable it is that a change comes with an event of something without effect; the default is 0.25. */
  readonly noise?: number;
  /** The part of events with targets that nobody expects besides the right ones; the default is 0.1. */
  readonly oddTargets?: number;
}

export interface MutationOptions {
  /** Epoch milliseconds: give the server's own, so that stamps and its `Date` agree. */
  readonly now: () => number;
  readonly seed?: number;
  readonly log?: SystemLogOptions;
}

/** Makes changes one at a time, each at one instant, and writes the log. */
export class ChangeDesk {
  readonly org: SimulatedOrg;
  readonly random: Random;
  readonly #options: MutationOptions;
  #at = 0;
  #said: string[] = [];

  constructor(org: SimulatedOrg, options: MutationOptions) {
    this.org = org;
    this.random = createRandom(options.seed ?? 1);
    this.#options = options;
  }

  change(kind: string, make: (at: number) => Touched): Change {
    this.#at = this.#options.now();
    this.#said = [];
    const { users, groups } = make(this.#at);
    const eventTypes = this.#said;
    if (this.random.chance(this.#options.log?.noise ?? 0.25)) this.makeNoise();
    return { kind, at: this.#at, users, groups, eventTypes };
  }

  /** The instant of the change that is being made. */
  get at(): number {
    return this.#at;
  }

  say(facts: EventFacts): void {
    this.#said.push(facts.eventType);
    const isOdd = this.random.chance(this.#options.log?.oddTargets ?? 0.1);
    this.#write(isOdd ? { ...facts, targets: this.#makeOdd(facts.targets) } : facts);
  }

  /** Writes of something without effect. */
  makeNoise(): void {
    this.#at = this.#options.now();
    this.#write(noiseEvent(this.org, this.random));
  }

  user(id: string): SimulatedUser {
    const user = this.org.user(id);
    if (user === undefined) throw new Error(`the org has no user ${id}`);
    return user;
  }

  group(id: string): SimulatedGroup {
    const group = this.org.group(id);
    if (group === undefined) throw new Error(`the org has no group ${id}`);
    return group;
  }

  app(id: string): SimulatedApp {
    const app = this.org.assets.app(id);
    if (app === undefined) throw new Error(`the org has no app ${id}`);
    return app;
  }

  makeId(prefix: string): string {
    return makeId(prefix, this.random.below(2 ** 31), this.random.below(2 ** 31));
  }

  #write(facts: EventFacts): void {
    const { lagMs = 0 } = this.#options.log ?? {};
    const lag = typeof lagMs === 'number' ? lagMs : lagMs[0] + this.random.below(lagMs[1] - lagMs[0] + 1);
    this.org.log.append(makeLogEvent(facts, this.random, this.#at), this.#at, lag);
  }

  /** The right targets stay, some of them nameless, beside others that have no place there. */
  #makeOdd(targets: readonly JsonObject[] | null): readonly JsonObject[] {
    const nameless = (targets ?? []).map((target) => ({ ...target, alternateId: null, displayName: null }));
    return [
      ...nameless,
      { ...otherTarget('Hologram', this.makeId('hol'), 'a hologram'), changeDetails: { from: {}, to: {} } },
      { id: null, type: 'PublicClientApp', alternateId: null, displayName: null, detailEntry: null },
    ];
  }
}
