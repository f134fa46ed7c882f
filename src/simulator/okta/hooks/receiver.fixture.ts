import { readBody, startLoopback } from '../../loopback.ts';

interface ReceivedRequest {
  readonly method: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  /** The statuses of the next POSTs; after them 204. `0`: no answer. */
  readonly statuses: number[];
  /** The value in the answer to a challenge, instead of the right one. */
  readonly answerWith: (verification: string | undefined) => void;
  readonly close: () => Promise<void>;
}

/** A receiver of hooks on loopback, that does as it is told. */
export async function startReceiver(): Promise<Receiver> {
  const received: ReceivedRequest[] = [];
  const statuses: number[] = [];
  let wrong: string | undefined;
  const { url, close } = await startLoopback((request, response) => {
    void readBody(request).then((body) => {
      const { method = '', headers } = request;
      received.push({ method, headers, body });
      if (method === 'GET') {
        const verification = wrong ?? headers['x-okta-verification-challenge'];
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ verification }));
        return;
      }
      const status = statuses.shift() ?? 204;
      if (status === 0) return;
      response.statusCode = status;
      response.end();
    });
  });
  return { url, received, statuses, close, answerWith: (value) => (wrong = value) };
}
