import { SinkUnavailableError } from '../../ports/errors.ts';
import type { Sink } from '../../ports/sink.ts';
import { createJsonPost } from '../../http/client.ts';
import type { HttpRoute } from '../../http/proxy.ts';
import { readAnswer } from './answers.ts';
import { ENVELOPE_BYTES, writeBody } from './body.ts';
import { failureOf } from './failures.ts';
import { INTAKE } from './name.ts';

/**
 * Of a refusal only the message is read, of a confirmation everything; the rest of an answer is counted and dropped.
 */
const KEPT_OF_REFUSAL_BYTES = 64 * 1024;
const KEPT_OF_CONFIRMATION_BYTES = 16 * 1024 * 1024;

export interface IntakeClientSettings {
  readonly baseUrl: string;
  readonly connectorUuid: string;
  readonly apiKey: string;
  readonly userAgent: string;
  /** The limit for the whole request, to the last byte of the answer. */
  readonly timeoutMs?: number;
  /** Absent: no proxy, and Node's own agents. */
  readonly route?: HttpRoute;
}

/** The Sekoia.io asset connector as a sink. `push([])` sends an empty batch, which tests the connection. */
export function createIntakeClient(settings: IntakeClientSettings): Sink {
  const { baseUrl, connectorUuid, apiKey, userAgent, timeoutMs = 30_000, route } = settings;
  const base = baseUrl.replace(/\/+$/, '');
  const url = new URL(`${base}/api/v2/asset-management/asset-connector/${encodeURIComponent(connectorUuid)}`);
  const { host } = url;
  const post = createJsonPost({
    headers: { authorization: `Bearer ${apiKey}` },
    userAgent,
    timeoutMs,
    mostBytes,
    ...(route === undefined ? {} : { route }),
  });

  return {
    name: INTAKE,
    envelopeBytes: ENVELOPE_BYTES,
    refusalHint:
      'check SEKOIA_CONNECTOR_UUID and DIALECT: the intake takes none of these events, they wait in the outbox',
    async push(bodies, signal = new AbortController().signal) {
      try {
        const answer = await post(url, writeBody(bodies), signal);
        if (answer.kind === 'fault') throw failureOf(answer, host);
        return readAnswer(answer, host, { events: bodies.length, secret: apiKey });
      } catch (thrown) {
        throw signal.aborted ? new SinkUnavailableError('stopped before the intake answered') : thrown;
      }
    },
  };
}

function mostBytes(status: number): number {
  return status >= 200 && status < 300 ? KEPT_OF_CONFIRMATION_BYTES : KEPT_OF_REFUSAL_BYTES;
}
