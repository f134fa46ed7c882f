import { ClientRequest } from 'node:http';

/** The part of got's stream that ending it needs. */
interface EndableStream {
  on(event: 'request' | 'error', listener: (given: unknown) => void): unknown;
  destroy(): unknown;
}

/**
 * Releases an exchange. A whole answer may arrive before Node has noted that its request left. Destroying the exchange
 * then also destroys the connection, which others could have used (seen with TLS through a proxy).
 */
export function releaseOf(exchange: EndableStream): (isWhole: boolean) => void {
  let sent: ClientRequest | undefined;
  exchange.on('request', (request) => {
    if (request instanceof ClientRequest) sent = request;
  });
  // The reader of the stream gets its errors. An error that comes after the whole answer concerns nobody, but would end
  // the process: until its request has left, got destroys the exchange with an error when the stop signal fires.
  exchange.on('error', () => undefined);
  return (isWhole) => {
    if (!isWhole || sent === undefined || sent.destroyed) exchange.destroy();
    else sent.once('close', () => exchange.destroy());
  };
}
