import got, { type OptionsInit, type Request } from 'got';
import { SinkUnavailableError } from '../../ports/errors.ts';
import type { Sink } from '../../ports/sink.ts';
import type { Route } from '../../http/proxy.ts';
import { releaseOf } from '../../http/release.ts';
import { readAnswer, type IntakeAnswer } from './answers.ts';
import { ENVELOPE_BYTES, writeBody } from './body.ts';
import { failureOf } from './failures.ts';
import { INTAKE } from './name.ts';

const ANSWER_LIMIT_BYTES = 64 * 1024 * 1024;
/** Of a refusal only its message is read, of a confirmation all: the rest of an answer is counted and dropped. */
const KEPT_OF_REFUSAL_BYTES = 64 * 1024;
const KEPT_OF_CONFIRMATION_BYTES = 16 * 1024 * 1024;

export interface IntakeClientSettings {
  readonly baseUrl: string;
  readonly connectorUuid: string;
  readonly apiKey: string;
  readonly userAgent: string;
  /** For the whole request, to the last byte of the answer. */
  readonly timeoutMs?: number;
  /** Absent: straight, by Node's own agents. */
  readonly route?: Route;
}

/** The Sekoia.io asset connector as a sink. `push([])` sends an empty batch: the connection test. */
export function createIntakeClient(settings: IntakeClientSettings): Sink {
  const { baseUrl, connectorUuid, apiKey, route } = settings;
  const base = baseUrl.replace(/\/+$/, '');
  const address = `${base}/api/v2/asset-management/asset-connector/${encodeURIComponent(connectorUuid)}`;
  const { host } = new URL(address);
  const client = got.extend(createOptions(settings));

  return {
    name: INTAKE,
    envelopeBytes: ENVELOPE_BYTES,
    refusalHint:
      'check SEKOIA_CONNECTOR_UUID and DIALECT: the intake takes none of these events, they wait in the outbox',
    async push(bodies, signal) {
      const body = writeBody(bodies);
      let request: Request | undefined;
      try {
        request = client.stream.post(address, signal === undefined ? { body } : { body, signal });
        return readAnswer(await receive(request, host), host, { events: bodies.length, secret: apiKey });
      } catch (thrown) {
        throw signal?.aborted
          ? new SinkUnavailableError('stopped before the intake answered')
          : failureOf(thrown, host, { route, hasBegun: request?.response !== undefined });
      }
    },
  };
}

/** got neither retries, redirects, throws on a status nor unpacks: each of these has an owner here, or is refused. */
function createOptions({ apiKey, userAgent, timeoutMs = 30_000, route }: IntakeClientSettings): OptionsInit {
  return {
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': userAgent,
    },
    timeout: { request: timeoutMs },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
    ...(route === undefined ? {} : { agent: route.agents }),
  };
}

async function receive(request: Request, host: string): Promise<IntakeAnswer> {
  const release = releaseOf(request);
  let isWhole = false;
  try {
    const body = await readBody(request, host);
    isWhole = request.response?.complete === true;
    return describeAnswer(request, body);
  } finally {
    release(isWhole);
  }
}

type Body = Pick<IntakeAnswer, 'text' | 'isWhole'>;

function describeAnswer({ response }: Request, body: Body): IntakeAnswer {
  if (response === undefined) throw new Error('an answer without a head');
  const { 'retry-after': retryAfter, date } = response.headers;
  return { status: response.statusCode, retryAfter, date, ...body };
}

async function readBody(request: Request, host: string): Promise<Body> {
  const chunks: AsyncIterable<unknown> = request;
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) continue;
    if (bytes < keptBytes(request)) kept.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER_LIMIT_BYTES || announcedBytes(request) > ANSWER_LIMIT_BYTES) throw tooLong(host);
  }
  const most = keptBytes(request);
  return { text: Buffer.concat(kept).toString('utf8', 0, most), isWhole: bytes <= most };
}

function keptBytes({ response }: Request): number {
  const status = response?.statusCode ?? 0;
  return status >= 200 && status < 300 ? KEPT_OF_CONFIRMATION_BYTES : KEPT_OF_REFUSAL_BYTES;
}

function announcedBytes({ response }: Request): number {
  return Number(response?.headers['content-length'] ?? 0);
}

function tooLong(host: string): SinkUnavailableError {
  return new SinkUnavailableError(`the intake at ${host} sent an answer over 64 MiB, which was refused`, {
    hint: 'check SEKOIA_BASE_URL: an intake answers in a few bytes',
  });
}
