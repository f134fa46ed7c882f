/** The receiver of Okta's event hooks: what it answers, and to whom. Nothing in a request counts as a fact. */
import type { AnswerCall, BodyRoom, HttpCall, CallAnswer } from '../http/call.ts';
import type { ToldEvent } from '../ports/source.ts';
import type { Secret } from '../settings/secret.ts';
import { isSecret } from './compare.ts';
import { isModest } from './modest.ts';
import { onlyNamed } from './named.ts';

/** Okta gives an answer 3 s, and sends a request whose answer is late once more. */
const ANSWER_WITHIN_MS = 2500;
const BODY_WITHIN_MS = 2000;
const MOST_BYTES = 8 * 1024 * 1024;
/** All requests together: Okta's have some KiB each. */
const MOST_BYTES_AT_ONCE = 4 * MOST_BYTES;
const LONGEST_CHALLENGE = 1024;
const CHALLENGE = 'x-okta-verification-challenge';

/** How requests end, by the names of the metric. */
export const OUTCOMES = [
  'accepted',
  'challenge',
  'unauthorized',
  'unreadable',
  'too-large',
  'wrong-org',
] as const;
export type HookOutcome = (typeof OUTCOMES)[number];

/** The marks that events leave, as entries of the System Log do. */
interface ReadEvents {
  readonly events: readonly ToldEvent[];
  readonly unreadable: number;
}

export interface ReceiverParts {
  readonly path: string;
  /** The name of the header that has the secret, in small letters. */
  readonly header: string;
  /** Those that count now: two while they are rotated. */
  readonly secrets: () => readonly Secret[];
  /** `unknown`: the org has not told its own hosts, or not yet. */
  readonly isOwnHost: (url: URL) => boolean | 'unknown';
  readonly read: (events: readonly unknown[]) => ReadEvents;
  /** Keeps the marks. Resolves in any case, once they are on disk or the System Log is to be asked instead. */
  readonly keep: (events: readonly ToldEvent[], received: number) => Promise<void>;
  readonly needPoll: () => void;
  readonly count: (outcome: HookOutcome) => void;
}

/** Answers Okta, and everybody else who finds the port. */
export function createReceiver(parts: ReceiverParts): AnswerCall {
  const room = { left: MOST_BYTES_AT_ONCE };
  return async (call) => {
    if (call.path !== parts.path) return text(404, 'not found\n');
    const challenges = call.header(CHALLENGE);
    if (call.method === 'GET' && challenges.length > 0) return answerChallenge(challenges, parts);
    if (call.method !== 'POST') return text(405, 'only POST\n', { allow: 'POST' });
    if (!isSecret(call.header(parts.header), parts.secrets())) {
      parts.count('unauthorized');
      return text(401, 'unauthorized\n');
    }
    return answerEvents(call, room, parts);
  };
}

/** Okta asks this once, with or without the secret. The answer tells nothing that the question does not. */
function answerChallenge([value = '', ...more]: readonly string[], { count }: ReceiverParts): CallAnswer {
  if (more.length > 0 || value.length > LONGEST_CHALLENGE || !/^[\x20-\x7e]+$/.test(value))
    return text(400, 'no challenge of Okta\n');
  count('challenge');
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ verification: value }),
  };
}

/** Okta repeats nothing after a 4xx, so what cannot be read is accepted, and the System Log is asked instead. */
async function answerEvents(call: HttpCall, room: BodyRoom, parts: ReceiverParts): Promise<CallAnswer> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ANSWER_WITHIN_MS);
  try {
    return await answerInTime(call, room, late, parts);
  } finally {
    clearTimeout(timer);
  }
}

/** @param late resolves when nobody waits for the answer much longer */
async function answerInTime(
  call: HttpCall,
  room: BodyRoom,
  late: Promise<false>,
  parts: ReceiverParts,
): Promise<CallAnswer> {
  const body = await call.body({ mostBytes: MOST_BYTES, withinMs: BODY_WITHIN_MS, room });
  if (body.kind === 'no-room') return unreadable(parts);
  if (body.kind !== 'whole') {
    parts.count(body.kind === 'too-large' ? 'too-large' : 'unreadable');
    parts.needPoll();
    return body.kind === 'too-large' ? text(413, 'too large\n') : text(408, 'too slow\n');
  }
  const sent = parse(body.bytes);
  if (sent === undefined) return unreadable(parts);
  const isOwn = ownershipOf(sent['source'], parts);
  if (isOwn === false) {
    parts.count('wrong-org');
    return text(400, 'the source is another org\n');
  }
  const events = eventsOf(sent);
  if (isOwn === 'unknown' || events === undefined) return unreadable(parts);
  const read = parts.read(events);
  const named = onlyNamed(read.events);
  const isWhole = read.unreadable === 0 && named.length === read.events.length;
  parts.count(isWhole ? 'accepted' : 'unreadable');
  const isKept = await Promise.race([parts.keep(named, events.length).then(() => true), late]);
  if (!isWhole || !isKept) parts.needPoll();
  return { status: 204 };
}

function unreadable({ count, needPoll }: ReceiverParts): CallAnswer {
  count('unreadable');
  needPoll();
  return { status: 204 };
}

type HookBody = Readonly<Record<string, unknown>>;

function parse(bytes: Uint8Array): HookBody | undefined {
  try {
    if (!isModest(bytes)) return undefined;
    const sent: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isRecord(sent) ? sent : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is HookBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownershipOf(source: unknown, { isOwnHost }: ReceiverParts): boolean | 'unknown' {
  if (typeof source !== 'string' || !URL.canParse(source)) return false;
  const url = new URL(source);
  return (url.protocol === 'https:' || url.protocol === 'http:') && isOwnHost(url);
}

function eventsOf({ data }: HookBody): readonly unknown[] | undefined {
  const events = isRecord(data) ? data['events'] : undefined;
  return Array.isArray(events) ? events : undefined;
}

function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): CallAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}
