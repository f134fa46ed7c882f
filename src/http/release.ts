import { ClientRequest } from 'node:http';

/** What got calls a stream, as far as ending it goes. */
interface EndableStream {
  on(event: 'request' | 'error', listener: (given: unknown) => void): unknown;
  destroy(): unknown;
}

/**
 * How to let go of an exchange. A whole answer may be here before Node has noted that its request left: what is
 * destroyed then takes the connection with it, which others could have used (seen with TLS through a proxy).
 */
export function releaseOf(exchange: EndableStream): (isWhole: boolean) => void {
  let sent: ClientRequest | undefined;
  exchange.on('request', (request) => {
    if (request instanceof ClientRequest) sent = request;
  });
  // Errors reach the reader of the stream. One that comes after the whole answer concerns nobody: until its request has
  // left, got destroys the exchange with an error when the stop signal fires, and that would end the process.
  exchange.on('error', () => undefined);
  return (isWhole) => {
    if (!isWhole || sent === undefined || sent.destroyed) exchange.destroy();
    else sent.once('close', () => exchange.destroy());
  };
}
