import { z } from 'zod';
import { OktaUnavailableError } from '../../ports/errors.ts';
import { nextLink } from '../read/links.ts';
import { ListingProgress } from '../read/listing-progress.ts';
import { pathOnOrigin } from '../read/paging.ts';
import { HookRefusedError, type HooksClient } from './client.ts';

const LIST = '/api/v1/eventHooks';
const ONE = `${LIST}/{id}`;
const MOST_PAGES = 100;
const MOST_EMPTY_PAGES = 3;

const headers = z.array(z.looseObject({ key: z.string() }));
const hookSchema = z.object({
  id: z.string().regex(/^[\w-]{1,64}$/),
  name: z.string(),
  description: z.string().nullish().catch(undefined),
  status: z.string().catch(''),
  verificationStatus: z.string().optional().catch(undefined),
  created: z.string().optional().catch(undefined),
  events: z
    .object({ items: z.array(z.string()).catch([]), filter: z.unknown().optional() })
    .catch({ items: [] }),
  channel: z
    .object({
      config: z.object({
        uri: z.string(),
        headers: headers.nullish().catch(undefined),
        authScheme: z.object({ key: z.string() }).nullish().catch(undefined),
      }),
    })
    .optional()
    .catch(undefined),
});
type ReadHook = z.infer<typeof hookSchema>;

/** An event hook of the org. Okta never gives its secret back. */
export interface EventHook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly isActive: boolean;
  /** `undefined`: Okta did not say. */
  readonly isVerified: boolean | undefined;
  readonly types: readonly string[];
  /** The name of the header that has the secret, in small letters; `undefined`: there is none. */
  readonly header: string | undefined;
  /** Parts that others may have set, and that an update leaves as they are. */
  readonly kept: Pick<ReadHook, 'description' | 'events'> & { readonly headers: z.infer<typeof headers> };
}

/** A hook as it should be. */
export interface HookWish {
  readonly name: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly header: string;
  readonly secret: string;
}

/** The event hooks of one org. Each call is one request, but for the list, which may have pages. */
export class EventHooks {
  readonly #client: HooksClient;

  constructor(client: HooksClient) {
    this.#client = client;
  }

  async list(): Promise<readonly EventHook[]> {
    const progress = new ListingProgress(LIST, { mostPages: MOST_PAGES, mostEmptyPages: MOST_EMPTY_PAGES });
    const found: EventHook[] = [];
    let path: string | undefined = LIST;
    while (path !== undefined) {
      progress.ask(path);
      const { body, headers: sent } = await this.#client.call({ method: 'GET', path, template: LIST });
      const page = z.array(z.unknown()).safeParse(body);
      if (!page.success) throw new OktaUnavailableError(`Okta's answer to GET ${LIST} is not a list`);
      found.push(...page.data.flatMap((each) => orNothing(each)));
      const href = nextLink(sent.link);
      path = href === undefined ? undefined : pathOnOrigin(href, this.#client.origin, new Set());
      if (path !== undefined) progress.read(body);
    }
    return found;
  }

  async create(wish: HookWish): Promise<EventHook> {
    const answer = await this.#client.call({
      method: 'POST',
      path: LIST,
      template: LIST,
      body: bodyOf(wish),
    });
    return hookIn(answer.body, `POST ${LIST}`);
  }

  /** Replaces what is ours of it: name, types and channel. */
  async replace({ id, kept }: EventHook, wish: HookWish): Promise<EventHook> {
    const body = bodyOf(wish, kept);
    const answer = await this.#client.call({ method: 'PUT', path: pathTo(id), template: ONE, body });
    return hookIn(answer.body, `PUT ${ONE}`);
  }

  /** Throws `HookRefusedError` when the address did not answer as it should. */
  async verify(id: string): Promise<EventHook> {
    const hook = await this.#pass(id, 'verify');
    if (hook.isVerified === false)
      throw new HookRefusedError(`${this.#client.host} took the call, and the hook is not verified`, []);
    return { ...hook, isVerified: true };
  }

  activate(id: string): Promise<EventHook> {
    return this.#pass(id, 'activate');
  }

  deactivate(id: string): Promise<EventHook> {
    return this.#pass(id, 'deactivate');
  }

  /** Only one that is inactive can be deleted. */
  async delete(id: string): Promise<void> {
    await this.#client.call({ method: 'DELETE', path: pathTo(id), template: ONE });
  }

  async #pass(id: string, step: 'verify' | 'activate' | 'deactivate'): Promise<EventHook> {
    const [path, template] = [pathTo(id), ONE].map((each) => `${each}/lifecycle/${step}`);
    const answer = await this.#client.call({ method: 'POST', path: path ?? '', template: template ?? '' });
    return hookIn(answer.body, `POST ${template ?? ''}`);
  }
}

function pathTo(id: string): string {
  return `${LIST}/${encodeURIComponent(id)}`;
}

function bodyOf({ name, url, types, header, secret }: HookWish, kept?: EventHook['kept']): unknown {
  const { description, events, headers: others = [] } = kept ?? {};
  return {
    name,
    ...(description == null ? {} : { description }),
    events: {
      type: 'EVENT_TYPE',
      items: types,
      ...(events?.filter == null ? {} : { filter: events.filter }),
    },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: {
        uri: url,
        headers: others,
        authScheme: { type: 'HEADER', key: header, value: secret },
      },
    },
  };
}

function hookIn(body: unknown, asked: string): EventHook {
  const read = hookSchema.safeParse(body);
  if (read.success) return hookOf(read.data);
  throw new OktaUnavailableError(`Okta's answer to ${asked} is not an event hook`);
}

/** A hook of another kind, or one that cannot be read, is none of ours. */
function orNothing(body: unknown): readonly EventHook[] {
  const read = hookSchema.safeParse(body);
  return read.success ? [hookOf(read.data)] : [];
}

function hookOf({ id, name, description, status, verificationStatus, events, channel }: ReadHook): EventHook {
  const { uri = '', headers: others, authScheme } = channel?.config ?? {};
  return {
    id,
    name,
    url: uri,
    isActive: status === 'ACTIVE',
    isVerified: verificationStatus === undefined ? undefined : verificationStatus === 'VERIFIED',
    types: events.items,
    header: authScheme?.key.toLowerCase(),
    kept: { description, events, headers: others ?? [] },
  };
}
