import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Log } from '../ports/log.ts';
import { isKnownHost } from './known-host.ts';

interface ServedAnswer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** Answers by path. `accept`: the types that the client asks for, as it writes them. */
export type Routes = Readonly<Record<string, (accept: string) => Promise<ServedAnswer> | ServedAnswer>>;

/** Pages for people. A browser may ask for them by another site's name, so they answer to known names alone. */
export interface Pages {
  readonly app: Hono;
  /** Names beside loopback ones and addresses, in small letters. They may change. */
  readonly allowedHosts: () => readonly string[];
}

export interface AppParts {
  /** Health and metrics: they answer whatever the `Host`, because probes and scrapers name this machine as they like. */
  readonly routes: Routes;
  readonly pages?: Pages;
  readonly log: Log;
}

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** The answers of the HTTP server, to GET and HEAD only. */
export function createApp({ routes, pages, log }: AppParts): Hono {
  const app = new Hono();
  const onMethodNotAllowed = () =>
    answer({ status: 405, body: 'only GET and HEAD\n' }, { allow: 'GET, HEAD' });
  app.use(methodNotAllowed({ app, onMethodNotAllowed }));
  app.notFound(() => answer({ status: 404, body: 'not found\n' }));
  app.onError((thrown) => {
    log.warn({ err: thrown }, 'a request over HTTP could not be answered');
    return answer({ status: 500, body: 'error\n' });
  });
  for (const [path, route] of Object.entries(routes))
    app.get(path, async ({ req }) => answer(await route(req.header('accept') ?? '')));
  if (pages === undefined) return app;
  app.use(async ({ req }, next) => {
    if (isKnownHost(req.header('host'), pages.allowedHosts())) return next();
    const body = 'this host is not known here: name it in HTTP_ALLOWED_HOSTS, or use an address\n';
    return answer({ status: 421, body });
  });
  return app.route('/', pages.app);
}

function answer(
  { status, body, type = PLAIN_TEXT }: ServedAnswer,
  headers: Record<string, string> = {},
): Response {
  const length = String(Buffer.byteLength(body));
  return new Response(body, {
    status,
    headers: { 'content-type': type, 'content-length': length, ...headers },
  });
}
