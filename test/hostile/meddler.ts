import { once } from 'node:events';
import { createServer, get, type ServerResponse } from 'node:http';

/** The answer of the server behind, as text: to be passed on unchanged or changed. */
export interface Passing {
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of this path so far, this one included. */
  readonly times: number;
}

/** Changes an answer; or takes the response, writes what it likes and gives `undefined`. */
export type Meddle = (passing: Passing, response: ServerResponse) => Partial<Passing> | undefined;

export interface Meddler {
  readonly url: string;
  /** Method and path with query of every request, as they came. */
  readonly asked: string[];
  close(): void;
}

const PASSED_ON = [
  'content-type',
  'date',
  'link',
  'x-rate-limit-limit',
  'x-rate-limit-remaining',
  'x-rate-limit-reset',
];

/** A connection each: those kept alive break when the tests' own process is busy. */
function ask(url: string, authorization: string): Promise<Omit<Passing, 'path' | 'times'>> {
  return new Promise((resolve, reject) => {
    const asking = get(url, { agent: false, headers: { authorization } }, (answer) => {
      answer.toArray().then((parts: unknown[]) => {
        const body = Buffer.concat(parts.filter((part) => part instanceof Uint8Array)).toString();
        const headers = PASSED_ON.flatMap((name): [string, string][] => {
          const value = answer.headers[name];
          return value === undefined ? [] : [[name, [value].flat().join(', ')]];
        });
        resolve({ status: answer.statusCode ?? 0, headers: Object.fromEntries(headers), body });
      }, reject);
    });
    asking.on('error', reject);
  });
}

/** Somebody between the program and `target`, who says what he wants. Links of the target lead to him. */
export async function startMeddler(target: string, meddle: Meddle): Promise<Meddler> {
  const asked: string[] = [];
  const times = new Map<string, number>();
  let own = '';

  async function pass(path: string, authorization: string, response: ServerResponse): Promise<void> {
    times.set(path, (times.get(path) ?? 0) + 1);
    const { status, headers, body } = await ask(`${target}${path}`, authorization);
    const link = headers['link']?.replaceAll(target, own);
    const passing: Passing = {
      path,
      status,
      headers: link === undefined ? headers : { ...headers, link },
      body: body.replaceAll(target, own),
      times: times.get(path) ?? 1,
    };
    const changed = meddle(passing, response);
    if (changed === undefined) return;
    const sent = { ...passing, ...changed };
    response.sendDate = false;
    response.writeHead(sent.status, sent.headers).end(sent.body);
  }

  const server = createServer((request, response) => {
    const { url: path = '', headers } = request;
    asked.push(`${request.method} ${path}`);
    pass(path, headers.authorization ?? '', response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  own = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: own, asked, close };
}

/** Takes what belongs to the path's endpoint; everything else passes as it is. */
export function on(endpoint: RegExp, meddle: Meddle): Meddle {
  return (passing, response) => (endpoint.test(passing.path) ? meddle(passing, response) : {});
}
