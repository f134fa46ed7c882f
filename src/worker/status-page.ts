/** The status page: the state of this worker at `/`, as JSON at `/api/status`, and its changes at `/events`. */
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { livePage, OWN_SCRIPT, OWN_STYLE } from '../status/page.ts';
import type { Status } from '../status/status.ts';
import { StatusFeed } from './status-feed.ts';

export interface StatusPageParts {
  /** Makes the status as it is now. */
  readonly read: () => Promise<Status>;
  /** Is the page wanted? That may change. */
  readonly isShown: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

const MOST_LISTENERS = 20;
const RETRY_AFTER_SECONDS = 30;
const BETWEEN_LOOKS_MS = 1000;
/** The server ends connections that are silent for ten seconds. */
const LONGEST_SILENCE_MS = 5000;

const NONE = "'none'";
const HEADERS = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: [NONE],
    scriptSrc: [OWN_SCRIPT],
    styleSrc: [OWN_STYLE],
    connectSrc: ["'self'"],
    baseUri: [NONE],
    formAction: [NONE],
    frameAncestors: [NONE],
  },
  xFrameOptions: 'DENY',
  // The page may stand behind a proxy with TLS or without; that one knows.
  strictTransportSecurity: false,
});

export interface StatusPage {
  readonly app: Hono;
  /** Makes the page once, so that nobody waits until its code is loaded and compiled. */
  readonly warmUp: () => Promise<void>;
}

export function statusPage(parts: StatusPageParts): StatusPage {
  const feed = new StatusFeed(parts);
  const app = new Hono();
  app.use(async (context, next) => (parts.isShown() ? HEADERS(context, next) : context.notFound()));
  const page = () => feed.text('page', livePage);
  app.get('/', async (context) => context.html(await page()));
  app.get('/api/status', async (context) =>
    context.body(await feed.text('json', jsonOf), 200, { 'content-type': 'application/json' }),
  );
  let listeners = 0;
  app.get('/events', (context) => {
    // Nobody reads a body there, so that it would never end.
    if (context.req.method === 'HEAD')
      return context.body(null, 200, { 'content-type': 'text/event-stream' });
    if (listeners >= MOST_LISTENERS) {
      const headers = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
      return context.text(`${MOST_LISTENERS} listen already\n`, 503, headers);
    }
    listeners += 1;
    const response = streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      try {
        await tell(stream, gone.signal, feed, parts);
      } catch (thrown) {
        // hono would send its words to the listener.
        parts.log.warn({ err: thrown }, 'a listener of /events could not be told');
      } finally {
        listeners -= 1;
      }
    });
    response.headers.set('connection', 'close');
    return response;
  });
  const ignore = (): void => undefined;
  // A fault is told to the first who asks.
  return { app, warmUp: async () => (parts.isShown() ? page().then(ignore, ignore) : undefined) };
}

async function jsonOf(status: Status): Promise<string> {
  return `${JSON.stringify(status)}\n`;
}

interface Listener {
  writeSSE(event: { event: string; data: string }): Promise<void>;
  write(text: string): Promise<unknown>;
}

/** Sends the parts of the status that have changed: at first all of them. */
async function tell(
  listener: Listener,
  gone: AbortSignal,
  feed: StatusFeed,
  { clock }: StatusPageParts,
): Promise<void> {
  const told = new Map<string, string>();
  let toldAt = 0;
  while (!gone.aborted) {
    const status = await feed.latest();
    const changed = Object.entries(status).filter(([part, value]) => {
      const text = JSON.stringify(value);
      const isNews = part !== 'at' && told.get(part) !== text;
      told.set(part, text);
      return isNews;
    });
    if (changed.length > 0) {
      const data = JSON.stringify({ at: status.at, ...Object.fromEntries(changed) });
      await listener.writeSSE({ event: 'status', data });
      toldAt = clock.now();
    } else if (clock.now() - toldAt >= LONGEST_SILENCE_MS) {
      await listener.write(': nothing new\n\n');
      toldAt = clock.now();
    }
    await clock.sleep(BETWEEN_LOOKS_MS, gone);
  }
}
