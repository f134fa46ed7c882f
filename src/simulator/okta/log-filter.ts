import { isObject } from '../json.ts';
import type { Json } from '../json.ts';
import type { Searchable } from './search.ts';
import type { LogEvent } from '../org/system-log.ts';

const FIELDS = [
  'actor.alternateId',
  'actor.displayName',
  'actor.id',
  'actor.type',
  'client.ipAddress',
  'debugContext.debugData.privilegeGranted',
  'displayMessage',
  'eventType',
  'outcome.reason',
  'outcome.result',
  'severity',
  'target.alternateId',
  'target.displayName',
  'target.id',
  'target.type',
  'transaction.id',
  'transaction.type',
  'uuid',
  'version',
];

/** `published` is not among the fields: `since` and `until` are for that. */
export function searchableEvents(): Searchable<LogEvent> {
  return {
    read: (event, property) => readPath(event, property.split('.')),
    isDate: () => false,
    allows: (property) => FIELDS.includes(property),
  };
}

/** The values of each item of a list. */
function readPath(value: Json, path: readonly string[]): Json {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(value)) return value.map((item: Json) => readPath(item, path));
  return isObject(value) ? readPath(value[first], rest) : undefined;
}
