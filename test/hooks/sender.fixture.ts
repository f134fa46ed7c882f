/** Sends hooks from a thread of its own, so that answers are timed apart from the simulator's work. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, Worker, workerData } from 'node:worker_threads';

export interface Answered {
  readonly status: number;
  readonly ms: number;
}

interface Sending {
  readonly url: string;
  readonly secret: string;
  readonly bodies: readonly string[];
  /** The bodies leave evenly over this time. */
  readonly withinMs: number;
}

/** Resolves with one answer for each body, in their order. Status 0: no answer. */
export function sendAll(sending: Sending): Promise<readonly Answered[]> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: sending });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}

const agent = new Agent({ keepAlive: false, maxSockets: 200 });

export function sendHook(url: string, secret: string, body: string): Promise<Answered> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const asked = request(url, { method: 'POST', agent, headers: { authorization: secret } }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, ms: performance.now() - startedAt }));
    });
    asked.on('error', () => resolve({ status: 0, ms: performance.now() - startedAt }));
    asked.end(body);
  });
}

if (parentPort !== null) {
  const { url, secret, bodies, withinMs }: Sending = workerData;
  const startedAt = performance.now();
  const answers: Promise<Answered>[] = [];
  for (const [at, body] of bodies.entries()) {
    await sleep(Math.max(0, startedAt + (at / bodies.length) * withinMs - performance.now()));
    answers.push(sendHook(url, secret, body));
  }
  parentPort.postMessage(await Promise.all(answers));
}
