import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Notice } from '../../ports/notices.ts';

interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface TestReceiver {
  readonly url: string;
  readonly posted: readonly Posted[];
  /** The ids of the messages in the order in which they came. */
  readonly ids: () => readonly unknown[];
  readonly bodies: () => readonly Record<string, unknown>[];
}

type Answer = (response: ServerResponse, posted: Posted) => void;

export function answering(status: number, text = '', headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => void response.writeHead(status, headers).end(text);
}

/** A receiver on this machine, until the test ends. @param answer how it answers; it may never do so */
export async function startReceiver(answer: Answer = answering(204)): Promise<TestReceiver> {
  const posted: Posted[] = [];
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const { url: path = '', headers } = incoming;
      const each = { path, headers, text: Buffer.concat(parts).toString() };
      posted.push(each);
      answer(response, each);
    });
  });
  const port = await listening(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${port}/hooks/a-path-that-is-secret?token=also-secret`,
    posted,
    ids: () => posted.map(({ headers }) => headers['webhook-id']),
    bodies: () => posted.map(({ text }): Record<string, unknown> => JSON.parse(text)),
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export function aNotice(changes: Partial<Notice> = {}): Notice {
  return {
    id: 'notice-1',
    type: 'operator.trouble',
    time: '2026-08-01T10:00:00.000Z',
    title: 'okta-ocsf: something is wrong',
    severity: 'high',
    data: { cause: 'dead-letters', count: 3 },
    ...changes,
  };
}
