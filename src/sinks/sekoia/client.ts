import { SinkUnavailableError } from '../../ports/errors.ts';
import type { Sink } from '../../ports/sink.ts';
import { createJsonPost, type JsonPost } from '../../http/client.ts';
import type { HttpRoute } from '../../http/proxy.ts';
import { readAnswer } from './answers.ts';
import { ENVELOPE_BYTES, writeBody } from './body.ts';
import { failureOf } from './failures.ts';
import { USERS, type Connector } from './name.ts';

/**
 * Of a refusal only the message is read, of a confirmation everything; the rest of an answer is counted and dropped.
 */
const KEPT_OF_REFUSAL_BYTES = 64 * 1024;
const KEPT_OF_CONFIRMATION_BYTES = 16 * 1024 * 1024;

export interface IntakeClientSettings {
  readonly baseUrl: string;
  readonly connectorUuid: string;
  /** The connector with that id; absent: that of users. */
  readonly connector?: Connector;
  /** The API key as it is now. */
  readonly apiKey: () => string;
  /** Called after a 401: reads the key once more from where it came from. */
  readonly renewKey?: () => void;
  readonly userAgent: string;
  /** The limit for the whole request, to the last byte of the answer. */
  readonly timeoutMs?: number;
  /** Absent: no proxy, and Node's own agents. */
  readonly route?: HttpRoute;
}

/** The Sekoia.io asset connector as a sink. `push([])` sends an empty batch, which tests the connection. */
export function createIntakeClient(settings: IntakeClientSettings): Sink {
  const { baseUrl, connectorUuid, userAgent, timeoutMs = 30_000, route } = settings;
  const { words: name, setting } = settings.connector ?? USERS;
  const base = baseUrl.replace(/\/+$/, '');
  const url = new URL(`${base}/api/v2/asset-management/asset-connector/${encodeURIComponent(connectorUuid)}`);
  const { host } = url;
  const post = createJsonPost({
    userAgent,
    timeoutMs,
    mostBytes,
    ...(route === undefined ? {} : { route }),
  });

  return {
    name,
    envelopeBytes: ENVELOPE_BYTES,
    refusalHint: `check ${setting} and DIALECT: the intake takes none of these events, they wait in the outbox`,
    async push(bodies, signal = new AbortController().signal) {
      try {
        const { answer, key } = await askWithKey(settings, (headers) =>
          post(url, headers, writeBody(bodies), signal),
        );
        if (answer.kind === 'fault') throw failureOf(answer, host);
        return readAnswer(answer, host, { events: bodies.length, secret: key, setting });
      } catch (thrown) {
        throw signal.aborted ? new SinkUnavailableError('stopped before the intake answered') : thrown;
      }
    },
  };
}

type PostAnswer = Awaited<ReturnType<JsonPost>>;

/** A key that is refused may have been rotated meanwhile: the request is repeated once, with another key only. */
async function askWithKey(
  { apiKey, renewKey }: Pick<IntakeClientSettings, 'apiKey' | 'renewKey'>,
  ask: (headers: Readonly<Record<string, string>>) => Promise<PostAnswer>,
): Promise<{ readonly answer: PostAnswer; readonly key: string }> {
  const askWith = async (key: string) => ({ key, answer: await ask({ authorization: `Bearer ${key}` }) });
  const first = await askWith(apiKey());
  if (first.answer.kind === 'fault' || first.answer.status !== 401) return first;
  renewKey?.();
  const key = apiKey();
  return key === first.key ? first : askWith(key);
}

function mostBytes(status: number): number {
  return status >= 200 && status < 300 ? KEPT_OF_CONFIRMATION_BYTES : KEPT_OF_REFUSAL_BYTES;
}
