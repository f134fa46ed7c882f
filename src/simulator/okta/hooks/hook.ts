import { isObject, type JsonObject } from '../../json.ts';

interface HookHeader {
  readonly key: string;
  readonly value: string;
}

/** The address that a hook calls, and what each call carries. */
export interface HookChannel {
  readonly uri: string;
  readonly headers: readonly HookHeader[];
  /** The value is never given back. */
  readonly auth: HookHeader | undefined;
}

/** An event hook as somebody wants it. */
export interface WishedHook {
  readonly name: string;
  readonly description: string | null;
  readonly types: readonly string[];
  readonly channel: HookChannel;
}

export interface SimulatedHook extends WishedHook {
  readonly id: string;
  readonly number: number;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly isVerified: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A body that creates or replaces a hook, or the name of the field that is wrong. */
export function readWish(text: string, before: SimulatedHook | undefined): WishedHook | string {
  const body = objectIn(text);
  const { name, description, events, channel } = body ?? {};
  if (typeof name !== 'string' || name === '' || name.length > 255) return 'name: The field is required';
  if (!isObject(events) || events['type'] !== 'EVENT_TYPE' || !Array.isArray(events['items']))
    return 'events: The field is required';
  const types = events['items'].filter((item) => typeof item === 'string');
  const config = isObject(channel) ? channel['config'] : undefined;
  if (!isObject(channel) || channel['type'] !== 'HTTP' || channel['version'] !== '1.0.0' || !isObject(config))
    return 'channel: The field is required';
  if (typeof config['uri'] !== 'string') return 'channel.config.uri: The field is required';
  const headers = Array.isArray(config['headers'])
    ? config['headers'].flatMap((each) => headerIn(each) ?? [])
    : [];
  const auth = headerIn(config['authScheme'], before?.channel.auth?.value);
  return {
    name,
    description: typeof description === 'string' ? description : null,
    types,
    channel: { uri: config['uri'], headers, auth },
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function headerIn(value: unknown, otherwise?: string): HookHeader | undefined {
  if (!isObject(value) || typeof value['key'] !== 'string') return undefined;
  const text = value['value'] ?? otherwise;
  return typeof text === 'string' ? { key: value['key'], value: text } : undefined;
}

export function isSameChannel(one: HookChannel, other: HookChannel): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** As Okta gives it: without the secret. */
export function hookBody(hook: SimulatedHook, base: string): JsonObject {
  const { id, status, isVerified, name, description, types, channel, createdAt, updatedAt } = hook;
  const self = `${base}/api/v1/eventHooks/${id}`;
  const links = {
    self: { href: self },
    verify: { href: `${self}/lifecycle/verify`, hints: { allow: ['POST'] } },
  };
  return {
    id,
    status,
    verificationStatus: isVerified ? 'VERIFIED' : 'UNVERIFIED',
    name,
    description,
    created: new Date(createdAt).toISOString(),
    createdBy: '00uSimulatedRoot0005d7',
    lastUpdated: new Date(updatedAt).toISOString(),
    events: { type: 'EVENT_TYPE', items: types, filter: null },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: {
        uri: channel.uri,
        headers: channel.headers.map(({ key, value }) => ({ key, value })),
        method: 'POST',
        authScheme: channel.auth === undefined ? null : { type: 'HEADER', key: channel.auth.key },
      },
    },
    _links: links,
  };
}
