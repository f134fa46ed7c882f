import { isObject } from '../json.ts';

export type Items = readonly Readonly<Record<string, unknown>>[];

/** The items of an envelope, or what is wrong with it, in words. */
export function readEnvelope(text: string): Items | string {
  const envelope = parse(text);
  if (!isObject(envelope)) return 'the body is not a JSON object';
  const { version, items, ...others } = envelope;
  if (version !== 1) return 'version must be 1';
  if (Object.keys(others).length > 0) return `unexpected: ${Object.keys(others).join(', ')}`;
  if (!Array.isArray(items)) return 'items must be an array';
  const events = items.filter(isObject);
  if (events.length < items.length) return 'each item must be an object';
  const holder = events.find(holdsNull);
  return holder === undefined ? events : 'absent values are left out, never null';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function holdsNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(holdsNull);
}

/** The id of the user or device that an event is about. */
export function uidOf(item: Readonly<Record<string, unknown>>): string | undefined {
  const subject = item['user'] ?? item['device'];
  if (!isObject(subject)) return undefined;
  return typeof subject['uid'] === 'string' ? subject['uid'] : undefined;
}
