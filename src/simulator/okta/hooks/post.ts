import type { HookChannel } from './hook.ts';

export interface HookPost {
  readonly channel: HookChannel;
  readonly timeoutMs: number;
  /** Absent: a GET. */
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The status and body of an answer; `undefined`: none came in time. */
export interface HookAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request of Okta to the address of a hook. */
async function callHook(post: HookPost): Promise<HookAnswer | undefined> {
  const { channel, timeoutMs, body, headers, signal } = post;
  try {
    const answer = await fetch(channel.uri, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return undefined;
  }
}

/** Okta repeats once, after no answer and after a 5xx; never after any other. */
export async function callTwice(post: HookPost, onRepeat: () => void): Promise<HookAnswer | undefined> {
  const first = await callHook(post);
  if ((first !== undefined && first.status < 500) || post.signal.aborted) return first;
  onRepeat();
  return callHook(post);
}

/** The headers that the channel's owner chose. */
export function chosenHeaders({ headers, auth }: HookChannel): Record<string, string> {
  const all = [...headers, ...(auth === undefined ? [] : [auth])];
  return Object.fromEntries(all.map(({ key, value }) => [key, value]));
}
