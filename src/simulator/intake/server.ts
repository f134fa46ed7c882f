import type { IncomingMessage, ServerResponse } from 'node:http';
import { deliver } from '../delivery.ts';
import { IntakeDesk } from './desk.ts';
import type { IntakeRequest, IntakeServerOptions, IntakeState, ReceivedItem } from './options.ts';
import { readBody, startLoopback } from '../loopback.ts';

export interface IntakeServer {
  readonly url: string;
  /** Everything stored, in the order stored; repeats included. */
  readonly received: readonly ReceivedItem[];
  readonly requests: readonly IntakeRequest[];
  /** How many batches and events were stored, repeats included. */
  counts(): { readonly batches: number; readonly events: number };
  /** The newest event of each user and device, by `user.uid` and `device.uid`. */
  latestByUid(): ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** `true`: every request gets a 503. */
  setDown(isDown: boolean): void;
  setState(state: IntakeState): void;
  /** In place of those so far. */
  setFaults(faults: IntakeServerOptions['faults']): void;
  readonly close: () => Promise<void>;
}

/** An intake on loopback that is as strict as the real one may be. */
export async function startIntakeServer(options: IntakeServerOptions = {}): Promise<IntakeServer> {
  const desk = new IntakeDesk(options);
  const requests: IntakeRequest[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const { method = '', url = '', headers } = request;
    const bytes = Buffer.byteLength(body);
    const decision = desk.decide({
      method,
      url,
      authorization: headers.authorization,
      contentType: headers['content-type'],
      body,
      bytes,
    });
    const status = 'answer' in decision.outcome ? decision.outcome.answer.status : 0;
    const at = (options.now ?? Date.now)();
    requests.push({
      status,
      bytes,
      at,
      items: decision.items,
      isStored: decision.isStored,
      userAgent: headers['user-agent'],
    });
    if (options.delayMs === undefined) deliver(response, decision.outcome);
    else setTimeout(() => deliver(response, decision.outcome), options.delayMs);
  };
  const { url, close } = await startLoopback((request, response) => {
    // The client went away in the middle of its request: nobody is left to answer.
    receive(request, response).catch(() => response.destroy());
  }, options.port);
  return {
    url,
    close,
    requests,
    received: desk.received,
    counts: () => ({ batches: desk.batches, events: desk.events }),
    latestByUid: () => desk.latest,
    setDown: (isDown) => {
      desk.state = isDown ? 'unavailable' : 'up';
    },
    setState: (state) => {
      desk.state = state;
    },
    setFaults: (faults) => desk.setFaults(faults),
  };
}
