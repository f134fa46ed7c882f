import { jsonAnswer, emptyAnswer, type ServerAnswer } from '../../answer.ts';
import { hashText, makeId } from '../../org/random.ts';
import type { SimulatedOrg } from '../../org/org.ts';
import type { LogEvent } from '../../org/system-log.ts';
import { problem } from '../problems.ts';
import { isHookType } from './catalogue.ts';
import { Courier } from './courier.ts';
import { hookBody, isSameChannel, readWish, type WishedHook, type SimulatedHook } from './hook.ts';
import type { HookOptions, HookTally } from './options.ts';
import { callTwice, chosenHeaders, type HookAnswer } from './post.ts';

const MOST_ACTIVE = 25;
const MOST_TYPES = 300;

/** The state of the org that decides about its hooks. */
export interface HookDeskParts {
  readonly org: SimulatedOrg;
  readonly options: HookOptions;
  readonly base: () => string;
  readonly now: () => number;
  readonly pipeline: () => 'idx' | 'v1';
}

/** The event hooks of the org. The caller has made sure that the request is allowed. */
export class HookDesk {
  readonly tally: HookTally = {
    requests: 0,
    delivered: 0,
    failed: 0,
    repeated: 0,
    dropped: 0,
    verifications: 0,
  };
  readonly #parts: HookDeskParts;
  readonly #hooks = new Map<string, SimulatedHook>();
  readonly #courier: Courier;
  #made = 0;

  constructor(parts: HookDeskParts) {
    this.#parts = parts;
    this.#courier = new Courier({
      options: parts.options,
      tally: this.tally,
      base: parts.base,
      now: parts.now,
      find: (id) => this.#calledHook(id),
      onFailure: (hook) => this.#noteFailure(hook),
    });
    parts.org.log.onAppend((event) => this.#take(event));
  }

  get hooks(): readonly SimulatedHook[] {
    return [...this.#hooks.values()];
  }

  get pageSize(): number {
    return this.#parts.options.pageSize ?? 200;
  }

  /** Resolves once no request of a hook waits or is on its way. */
  settled(): Promise<void> {
    return this.#courier.settled();
  }

  close(): void {
    this.#courier.close();
  }

  create(body: string): ServerAnswer {
    const wish = this.#read(body, undefined);
    if ('status' in wish) return wish;
    if (this.#activeCount() >= MOST_ACTIVE) return tooManyHooks();
    this.#made += 1;
    const now = this.#parts.now();
    return this.#keep({
      ...wish,
      id: makeId('who', this.#parts.org.seed, this.#made),
      number: this.#made,
      status: 'ACTIVE',
      isVerified: false,
      createdAt: now,
      updatedAt: now,
    });
  }

  /** A channel that is not the same must be verified again. */
  replace(id: string, body: string): ServerAnswer {
    return this.#with(id, (hook) => {
      const wish = this.#read(body, hook);
      if ('status' in wish) return wish;
      const isVerified = hook.isVerified && isSameChannel(wish.channel, hook.channel);
      return this.#change(hook, { ...wish, isVerified });
    });
  }

  get(id: string): ServerAnswer {
    return this.#with(id, (hook) => jsonAnswer(200, hookBody(hook, this.#parts.base())));
  }

  activate(id: string): ServerAnswer {
    return this.#with(id, (hook) =>
      hook.status === 'INACTIVE' && this.#activeCount() >= MOST_ACTIVE
        ? tooManyHooks()
        : this.#change(hook, { status: 'ACTIVE' }),
    );
  }

  deactivate(id: string): ServerAnswer {
    return this.#with(id, (hook) => this.#change(hook, { status: 'INACTIVE' }));
  }

  delete(id: string): ServerAnswer {
    return this.#with(id, (hook) => {
      if (hook.status === 'ACTIVE') return problem(403, 'E0000006');
      this.#hooks.delete(id);
      return emptyAnswer(204);
    });
  }

  /** Asks the address for the challenge that it was given. */
  async verify(id: string): Promise<ServerAnswer> {
    const hook = this.#hooks.get(id);
    if (hook === undefined) return problem(404);
    const { timeoutMs = 3_000, provesItself = false } = this.#parts.options;
    this.tally.verifications += 1;
    const challenge = makeId('challenge', hashText(id), this.tally.verifications);
    const post = {
      channel: hook.channel,
      timeoutMs,
      headers: {
        'x-okta-verification-challenge': challenge,
        ...(provesItself ? chosenHeaders(hook.channel) : {}),
      },
      signal: new AbortController().signal,
    };
    const answer = await callTwice(post, () => undefined);
    if (answer?.status !== 200 || verificationIn(answer) !== challenge)
      return invalid([`Verification failed for the event hook ${hook.name}: ${wrongIn(answer)}`]);
    const now = this.#hooks.get(id);
    return now === undefined ? problem(404) : this.#change(now, { isVerified: true });
  }

  #read(body: string, before: SimulatedHook | undefined): WishedHook | ServerAnswer {
    const wish = readWish(body, before);
    if (typeof wish === 'string') return invalid([wish]);
    if (wish.types.length === 0 || wish.types.length > MOST_TYPES)
      return invalid([`events.items: The number of items must be from 1 to ${MOST_TYPES}`]);
    const strange = wish.types.find((type) => !isHookType(type, this.#parts.pipeline()));
    if (strange !== undefined) return invalid([`events.items: '${strange}' is not a valid event type`]);
    if (!this.#isTaken(wish.channel.uri)) return invalid(['channel.config.uri: The URI must use https']);
    return wish;
  }

  #isTaken(uri: string): boolean {
    const url = URL.parse(uri);
    if (url?.protocol === 'https:') return true;
    const isHere =
      url?.hostname === '127.0.0.1' || url?.hostname === 'localhost' || url?.hostname === '[::1]';
    return url?.protocol === 'http:' && isHere && this.#parts.options.takesHttp === true;
  }

  #activeCount(): number {
    return this.hooks.filter(({ status }) => status === 'ACTIVE').length;
  }

  #with(id: string, answer: (hook: SimulatedHook) => ServerAnswer): ServerAnswer {
    const hook = this.#hooks.get(id);
    return hook === undefined ? problem(404) : answer(hook);
  }

  #change(hook: SimulatedHook, changes: Partial<SimulatedHook>): ServerAnswer {
    return this.#keep({ ...hook, ...changes, updatedAt: this.#parts.now() });
  }

  #keep(hook: SimulatedHook): ServerAnswer {
    this.#hooks.set(hook.id, hook);
    return jsonAnswer(200, hookBody(hook, this.#parts.base()));
  }

  #calledHook(id: string): SimulatedHook | undefined {
    const hook = this.#hooks.get(id);
    return hook?.status === 'ACTIVE' && hook.isVerified ? hook : undefined;
  }

  #take(event: LogEvent): void {
    for (const { id } of this.#hooks.values())
      if (this.#calledHook(id)?.types.includes(event.eventType) === true) this.#courier.take(id, event);
  }

  #noteFailure({ id, name }: SimulatedHook): void {
    const now = this.#parts.now();
    const event = {
      uuid: crypto.randomUUID(),
      published: new Date(now).toISOString(),
      eventType: 'event_hook.delivery',
      displayMessage: 'Event hook delivery',
      severity: 'WARN',
      outcome: { result: 'FAILURE', reason: 'Failed to deliver the event hook' },
      debugContext: { debugData: { eventHookId: id } },
      target: [{ id, type: 'EventHook', alternateId: 'unknown', displayName: name, detailEntry: null }],
    };
    this.#parts.org.log.append(event, now);
  }
}

function invalid(causes: readonly string[]): ServerAnswer {
  return problem(400, 'E0000001', 'Api validation failed: eventHook', causes);
}

function tooManyHooks(): ServerAnswer {
  return invalid([`The maximum number of active event hooks is ${MOST_ACTIVE}`]);
}

function verificationIn({ text }: HookAnswer): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'verification' in body
      ? body.verification
      : undefined;
  } catch {
    return undefined;
  }
}

function wrongIn(answer: HookAnswer | undefined): string {
  if (answer === undefined) return 'there was no response';
  return answer.status === 200 ? 'the response has another value' : `the response was ${answer.status}`;
}
