import { ClientRequest } from 'node:http';

/** What got calls a stream, as far as ending it goes. */
interface Exchange {
  on(event: 'request', listener: (request: unknown) => void): unknown;
  destroy(): unknown;
}

/**
 * How to let go of an exchange. A whole answer may be here before Node has noted that its request left: what is
 * destroyed then takes the connection with it, which others could have used (seen with TLS through a proxy).
 */
export function releaseOf(exchange: Exchange): (isWhole: boolean) => void {
  let sent: ClientRequest | undefined;
  exchange.on('request', (request) => {
    if (request instanceof ClientRequest) sent = request;
  });
  return (isWhole) => {
    if (!isWhole || sent === undefined || sent.destroyed) exchange.destroy();
    else sent.once('close', () => exchange.destroy());
  };
}
