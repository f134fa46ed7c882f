import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createApp, type AppParts } from './app.ts';
import { createPlain, serve, type HttpServer, type Place } from './listen.ts';

const NAMES = { host: 'HTTP_HOST', port: 'HTTP_PORT' };

export interface ListenOptions extends Place, AppParts {}

/**
 * Resolves once the server listens. Throws `ConfigError` when it cannot use host or port. Connections are not kept
 * alive.
 */
export function listen(options: ListenOptions): Promise<HttpServer> {
  return serve(options, createPlain(options, answerBy(options)), { names: NAMES, log: options.log });
}

/** Stands in for the `Host` that HTTP/1.0 does not send. */
const NAMELESS_HOST = 'localhost';

function answerBy(parts: AppParts): (request: IncomingMessage, response: ServerResponse) => void {
  const app = createApp(parts);
  const answer = getRequestListener(app.fetch, { hostname: NAMELESS_HOST, overrideGlobalObjects: false });
  return (request, response) => {
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('connection', 'close');
    // A whole URL is a request to a proxy.
    if (request.url?.startsWith('/') === true) void answer(request, response);
    else response.writeHead(400).end();
  };
}
