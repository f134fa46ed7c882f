import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const message = z.object({
  id: z.string(),
  type: z.string(),
  data: z.looseObject({ alert: z.string(), rows: z.array(z.looseObject({ uid: z.string() })) }),
});
type Message = z.output<typeof message>;

/** A webhook on loopback, with everything that it was sent. */
export interface Receiver {
  readonly url: string;
  /** Repetitions included. */
  readonly received: Message[];
  /** It reads, and gives no answer. */
  isSilent: boolean;
  /** The messages by id that came since this was last asked, as `type alert uid...`. */
  readonly news: () => readonly string[];
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

export async function startReceiver(): Promise<{ readonly receiver: Receiver; readonly close: () => void }> {
  const received: Message[] = [];
  const told = new Set<string>();
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      received.push(message.parse(JSON.parse(text)));
      if (!receiver.isSilent) response.writeHead(204).end();
    });
  });
  const receiver: Receiver = {
    url: `http://127.0.0.1:${await listening(server)}/okta-ocsf`,
    received,
    isSilent: false,
    news: () => {
      const fresh = received.filter(({ id }) => !told.has(id));
      const first = fresh.filter(({ id }, at) => fresh.findIndex((other) => other.id === id) === at);
      for (const { id } of first) told.add(id);
      return first.map(({ type, data }) =>
        [type, data.alert, ...data.rows.map(({ uid }) => uid).toSorted()].join(' '),
      );
    },
  };
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { receiver, close };
}
