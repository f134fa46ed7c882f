import type { ServerResponse } from 'node:http';
import type { ServerAnswer, Reply } from './answer.ts';

const GIANT_BYTES = 80 * 1_024 * 1_024;

/** Carries an outcome out on the connection. */
export function deliver(response: ServerResponse, outcome: Reply): void {
  switch (outcome.kind) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'truncated':
      truncate(response, outcome.answer);
      return;
    case 'giant':
      flood(response);
      return;
    case 'later':
      void outcome.pending.then((answer) => finish(response, answer));
      return;
    case 'answer':
      finish(response, outcome.answer);
  }
}

function finish(response: ServerResponse, answer: ServerAnswer): void {
  writeHead(response, answer);
  response.end(answer.body);
}

function writeHead(response: ServerResponse, answer: ServerAnswer): void {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.status !== 204) response.setHeader('content-length', Buffer.byteLength(answer.body));
}

/** Promises the whole body, sends half of it, and goes away. */
function truncate(response: ServerResponse, answer: ServerAnswer): void {
  writeHead(response, answer);
  const body = Buffer.from(answer.body);
  response.write(body.subarray(0, body.length >>> 1), () => response.socket?.destroy());
}

function flood(response: ServerResponse): void {
  const part = `{"id":"${'0'.repeat(65_000)}"},`;
  response.setHeader('content-type', 'application/json');
  response.write('[');
  let sent = 0;
  const pour = (): void => {
    while (sent < GIANT_BYTES && !response.destroyed) {
      sent += part.length;
      if (!response.write(part)) {
        response.once('drain', pour);
        return;
      }
    }
    response.end('{}]');
  };
  pour();
}
