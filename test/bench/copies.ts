/** A front of a simulated org whose list of users names each user many times, each time with an id of its own. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';

const page = z.array(z.looseObject({ id: z.string() }));

/** `-7` behind a user's id is the seventh copy. */
const COPY = /(00u[0-9A-Za-z]+)-\d+/g;

export interface Copies {
  readonly url: string;
  /** How often the list of users names each of them from now on. */
  setCopies(copies: number): void;
  readonly close: () => Promise<void>;
}

export async function openCopies(behind: string): Promise<Copies> {
  let url = '';
  let copies = 1;
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(new Error(String(error))));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = new URL(request.url ?? '/', behind);
    const isListing =
      asked.pathname === '/api/v1/users' &&
      !['search', 'filter'].some((name) => asked.searchParams.has(name));
    const copy = Number(asked.searchParams.get('copy') ?? 0);
    asked.searchParams.delete('copy');
    const target = isListing ? asked.href : asked.href.replaceAll(COPY, '$1');
    const { authorization = '' } = request.headers;
    const answered = await fetch(target, { headers: { authorization, accept: 'application/json' } });
    const body = await answered.text();
    let links = (answered.headers.get('link') ?? '').split(', ').filter((link) => link !== '');
    if (isListing && answered.ok) {
      const next = links.some((link) => link.includes('rel="next"'));
      links = links.map((link) => (link.includes('rel="next"') ? withCopy(link, copy) : link));
      if (!next && copy + 1 < copies)
        links.push(withCopy(`<${behind}/api/v1/users?limit=200>; rel="next"`, copy + 1));
    }
    for (const [name, value] of answered.headers) {
      if (!['link', 'content-length', 'content-encoding', 'connection', 'transfer-encoding'].includes(name))
        response.setHeader(name, value);
    }
    if (links.length > 0)
      response.setHeader(
        'link',
        links.map((link) => link.replaceAll(behind, url)),
      );
    response.statusCode = answered.status;
    response.end(isListing && answered.ok && copy > 0 ? copied(body, copy) : body);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    url,
    setCopies: (wanted) => {
      copies = wanted;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function withCopy(link: string, copy: number): string {
  return copy === 0 ? link : link.replace(/>;/, `&copy=${copy}>;`);
}

function copied(body: string, copy: number): string {
  const users = page.parse(JSON.parse(body));
  return `[${users.map((user) => JSON.stringify(user).replaceAll(user.id, `${user.id}-${copy}`)).join(',')}]`;
}
