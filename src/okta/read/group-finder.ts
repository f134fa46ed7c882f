import { OktaNotFoundError } from '../../ports/errors.ts';
import type { Group } from '../../ports/org.ts';
import type { OktaClient } from '../client.ts';
import { ENDPOINTS, pathAbout } from '../endpoints.ts';
import { segment } from './paths.ts';
import { readGroups, readSizedGroup } from './schema.ts';

/** Okta's ids have letters and digits; that they begin with 00g is a convention (okta-api section 10). */
const MAYBE_ID = /^[A-Za-z0-9]+$/u;
const LIKE_AN_ID = /^00g[A-Za-z0-9]+$/u;

/** The group with that id, or else all groups with exactly that name. */
export async function findGroups(client: OktaClient, nameOrId: string): Promise<readonly Group[]> {
  const isLikeId = LIKE_AN_ID.test(nameOrId);
  const byId = isLikeId ? await findById(client, nameOrId) : [];
  if (byId.length > 0) return byId;
  const byName = await findByName(client, nameOrId);
  if (byName.length > 0 || isLikeId || !MAYBE_ID.test(nameOrId)) return byName;
  return findById(client, nameOrId);
}

async function findByName(client: OktaClient, wanted: string): Promise<readonly Group[]> {
  const search = `profile.name eq ${JSON.stringify(wanted)}`;
  const { template, page } = ENDPOINTS.groups;
  const query = new URLSearchParams({ limit: String(page), search });
  const answer = await client.get(`${template}?${query.toString()}`, template);
  // A search ignores case, and a wrong match would select other users.
  return (readGroups(answer.body) ?? []).filter(({ name }) => name === wanted);
}

async function findById(client: OktaClient, id: string): Promise<readonly Group[]> {
  try {
    const answer = await client.get(pathAbout(ENDPOINTS.group, segment(id) ?? ''), ENDPOINTS.group.template);
    const group = readSizedGroup(answer.body);
    return group === undefined ? [] : [group];
  } catch (error) {
    if (error instanceof OktaNotFoundError) return [];
    throw error;
  }
}
