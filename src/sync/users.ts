import { needsOf } from '../enrich/needs.ts';
import type { Needs } from '../enrich/needs.ts';
import type { Facet, GapReason, HeldRoles, ListedUser, Lookup, Reading, User } from '../ports.ts';
import type { Directory } from './directory.ts';
import type { Job } from './job.ts';
import { ahead, forEachOf } from './parallel.ts';

const NOT_ASKED = { kind: 'not-asked' } as const;
const NO_ROLES: HeldRoles = { roles: [], includesGroups: false };

/** Reads users as pages come, several at a time; each one's reading is kept before it counts as done. */
export async function readUsers(job: Job, directory: Directory): Promise<void> {
  await forEachOf(listUsers(job), job.width, async (listed) => {
    if (listed.kind === 'user') await readUser(job, directory, listed);
    else await refuse(job, listed);
    job.tally.done += 1;
    job.onProgress(directory.usersExpected);
  });
}

async function* listUsers(job: Job): AsyncGenerator<ListedUser> {
  const { inventory, tally, scope, signal } = job;
  for await (const page of ahead(pagesOf(job))) {
    for (const listed of await inventory.noteListed(page)) {
      if (signal.aborted || (scope.kind === 'first' && tally.listed >= scope.limit)) return;
      tally.listed += 1;
      yield listed;
    }
    if (scope.kind === 'first' && tally.listed >= scope.limit) return;
  }
}

async function* pagesOf({ source, scope }: Job): AsyncGenerator<readonly ListedUser[]> {
  if (scope.kind !== 'one') {
    yield* source.listUsers();
    return;
  }
  const user = await source.getUser(scope.idOrLogin);
  if (user !== undefined) yield [user];
}

async function refuse(job: Job, listed: ListedUser & { kind: 'unreadable' }): Promise<void> {
  await job.inventory.saveUnreadable(listed);
  job.tally.count('dead-lettered');
  job.log.warn({ user_id: listed.id, reasons: [listed.reason] }, 'user kept as a dead letter');
}

async function readUser(
  job: Job,
  directory: Directory,
  listed: ListedUser & { kind: 'user' },
): Promise<void> {
  const { user, readAt } = listed;
  const needs = needsOf(user, directory, job.lookups);
  const [groups, factors, roles] = await Promise.all([
    readGroups(job, directory, user, needs),
    needs.factors ? job.source.getFactors(user.id) : NOT_ASKED,
    readRoles(job, directory, user, needs),
  ]);
  if (countGone(job, { groups, factors, roles })) return;
  await save(job, { user, readAt, groups, factors, roles });
}

async function readGroups(
  job: Job,
  directory: Directory,
  user: User,
  needs: Needs,
): Promise<Reading['groups']> {
  if (needs.groups === 'by-membership') return 'by-membership';
  if (needs.groups === 'not-asked') return NOT_ASKED;
  const groups = await job.source.getGroups(user.id);
  if (groups.kind === 'known') await directory.groupRoles.ask(groups.value);
  if (groups.kind === 'known' || groups.reason === 'gone' || directory.groups !== 'by-membership')
    return groups;
  // Only the built-in group of administrators is missing from what is known by membership.
  job.tally.gap('groups', groups.reason);
  return 'by-membership';
}

async function readRoles(
  job: Job,
  { assignees }: Directory,
  user: User,
  needs: Needs,
): Promise<Facet<HeldRoles>> {
  if (needs.roles === 'not-asked') return NOT_ASKED;
  if (needs.roles === 'ask' || assignees === undefined) return job.source.getRoles(user.id);
  return { kind: 'known', value: NO_ROLES, readAt: assignees.readAt };
}

/** Okta's own 404: the user vanished between page and lookup. Nothing is sent of a user who is not there. */
function countGone(job: Job, facets: Pick<Reading, 'groups' | 'factors' | 'roles'>): boolean {
  const isGone = (facet: Reading['groups'] | Facet<unknown>): boolean =>
    facet !== 'by-membership' && facet.kind === 'unknown' && facet.reason === 'gone';
  const asked: readonly [Lookup, boolean][] = [
    ['groups', isGone(facets.groups)],
    ['factors', isGone(facets.factors)],
    ['roles', isGone(facets.roles)],
  ];
  const gone = asked.filter(([, is]) => is);
  const reason: GapReason = 'gone';
  for (const [lookup] of gone) job.tally.gap(lookup, reason);
  return gone.length > 0;
}

async function save(job: Job, reading: Reading): Promise<void> {
  const { outcome, made } = await job.inventory.saveReading(reading);
  job.tally.count(outcome);
  for (const [lookup, reason] of made.gaps) job.tally.gap(lookup, reason);
  if (made.kind === 'dead-letter') {
    job.log.warn({ user_id: reading.user.id, reasons: made.reasons }, 'user kept as a dead letter');
  }
  if (outcome === 'emitted') job.delivery.wake();
}
