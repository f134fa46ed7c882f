import { request, type OutgoingHttpHeaders } from 'node:http';

export interface Seen {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Each `link` header as it came. */
  readonly links: readonly string[];
  readonly text: string;
  readonly json: unknown;
}

export interface Sending {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  readonly timeoutMs?: number;
}

/** One request on a connection of its own; rejects when no whole answer comes. */
export function send(
  url: string,
  { method = 'GET', headers = {}, body = '', timeoutMs = 5_000 }: Sending = {},
): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false, timeout: timeoutMs }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const links = incoming.headersDistinct['link'] ?? [];
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          links,
          text,
          json: parse(text),
        });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function ask(url: string, token = 'simulated-token'): Promise<Seen> {
  return send(url, { headers: { authorization: `SSWS ${token}` } });
}

/** The ids of an answer that is an array. */
export function idsOf(seen: Seen): string[] {
  if (!Array.isArray(seen.json)) throw new Error(`not an array: ${seen.status} ${seen.text.slice(0, 200)}`);
  return seen.json.map((item: { readonly id: string }) => item.id);
}

export function nextOf(seen: Seen): string | undefined {
  return /<([^>]*)>; rel="next"/.exec(seen.links.join(', '))?.[1];
}

/** Follows the pages to the end, or until so many were read. */
export async function walk(url: string, mostPages = 1_000): Promise<readonly string[][]> {
  const pages: string[][] = [];
  for (let next: string | undefined = url; next !== undefined && pages.length < mostPages;) {
    const seen: Seen = await ask(next);
    pages.push(idsOf(seen));
    next = nextOf(seen);
  }
  return pages;
}
