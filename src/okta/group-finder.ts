import { OktaNotFoundError } from '../errors.ts';
import type { Group } from '../ports.ts';
import type { OktaClient } from './client.ts';
import { segment } from './paths.ts';
import { readGroups, readSizedGroup } from './schema.ts';

const GROUP_ID = /^00g[A-Za-z0-9]{17}$/u;

/** Groups of that id, or else of that whole name: none, one, or several of one name. */
export async function findGroups(client: OktaClient, nameOrId: string): Promise<readonly Group[]> {
  const byId = GROUP_ID.test(nameOrId) ? await findById(client, nameOrId) : undefined;
  if (byId !== undefined) return [byId];
  const search = `profile.name eq ${JSON.stringify(nameOrId)}`;
  const query = new URLSearchParams({ limit: '200', search });
  const answer = await client.get(`/api/v1/groups?${query.toString()}`, '/api/v1/groups');
  // A search is blind to case, and a stray match would select other users.
  return (readGroups(answer.body) ?? []).filter(({ name }) => name === nameOrId);
}

async function findById(client: OktaClient, id: string): Promise<Group | undefined> {
  try {
    const answer = await client.get(`/api/v1/groups/${segment(id) ?? ''}`, '/api/v1/groups/{id}');
    return readSizedGroup(answer.body);
  } catch (error) {
    if (error instanceof OktaNotFoundError) return undefined;
    throw error;
  }
}
