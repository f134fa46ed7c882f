import { parseStamp } from '../enrich/stamps.ts';
import type { User } from '../ports/org.ts';

/** The fields that every event must have. */
export interface Essentials {
  readonly id: string;
  readonly login: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

/** The essentials, or everything that is missing, in words. */
export function findEssentials({ id, login, created }: User): Essentials | readonly string[] {
  const createdAt = created === undefined ? undefined : parseStamp(created);
  if (id !== '' && login !== undefined && createdAt !== undefined) return { id, login, createdAt };
  return [
    ...(id === '' ? ['the user has no id'] : []),
    ...(login === undefined ? ['the user has no login'] : []),
    ...(created === undefined ? ['the user has no creation date'] : []),
    ...(created !== undefined && createdAt === undefined
      ? ['the creation date of the user is not an ISO 8601 date with a time zone']
      : []),
  ];
}
