import { byName } from '../enrich/by-name.ts';
import { needsOf } from '../enrich/needs.ts';
import type { Needs } from '../enrich/needs.ts';
import type { AssetEvents, Noted, PerUserAnswers, Reading, Saved } from '../ports/inventory.ts';
import { PER_USER_LOOKUPS, USER_LOOKUPS } from '../ports/org.ts';
import type { HeldRoles, ListedUser, Lookup, User, UserLookup } from '../ports/org.ts';
import type { Directory } from './directory.ts';
import type { AnsweredSince, Run } from './job.ts';
import type { AskParts, CountParts, UserParts } from './parts.ts';

const NOT_ASKED = { kind: 'not-asked' } as const;
const NO_ROLES: HeldRoles = { roles: [], includesGroups: false };

/** How to read one user: with the directory as far as it is read, and with the answers that still hold. */
export interface HowToRead {
  /** Absent while the directory is still being read; lookups that need it come later. */
  readonly directory: Directory | undefined;
  /** Answers that were asked for since then still hold. */
  readonly answeredSince: AnsweredSince;
  /** Lookups to make even so. */
  readonly again?: ReadonlySet<Lookup>;
  /** The start stamp of the full run, if this is one. */
  readonly listedAt?: number;
}

type LookupAnswers = Pick<Reading, UserLookup>;

/** Makes the lookups that this user still needs and stores the answers; makes the event when no lookup is left. */
export async function readUser(run: UserParts, noted: Noted, plan: HowToRead): Promise<void> {
  const { listed } = noted;
  if (listed.kind === 'unreadable') return refuse(run, listed);
  const { user, readAt } = listed;
  const directory = directoryFor(run, user.id, noted, plan);
  const asked = askedSince(noted, plan, directory);
  const { holdsOwnRoles } = noted;
  const needs = needsOf(user, directory, run.settings.lookups, { asked, holdsOwnRoles });
  countLookups(run, noted, needs, plan);
  const marksUpTo = await run.inventory.marks.version();
  const askedAt = run.oktaNow();
  const answers = await ask(run, user, needs, directory);
  if (isUserGone(run, user, answers)) return;
  const isComplete = needs.groups !== 'later' && needs.roles !== 'later';
  const listedAt = plan.listedAt === undefined ? {} : { listedAt: plan.listedAt };
  const reading: Reading = { user, readAt, askedAt, marksUpTo, isComplete, ...listedAt, ...answers };
  countSaved(run, await run.inventory.users.save(reading, run.newsRule));
}

/** Counts for the report what a full run asks, and what it need not ask since an earlier answer holds. */
function countLookups(
  { tally }: Pick<Run, 'tally'>,
  { askedAt }: Noted,
  needs: Needs,
  { directory, listedAt }: HowToRead,
): void {
  if (listedAt === undefined) return;
  for (const lookup of USER_LOOKUPS) {
    if (needs[lookup] === 'ask') tally.lookup(lookup, false);
    // A user who waits for the directory is read twice.
    const isVouched = needs[lookup] === 'done' && (askedAt[lookup] ?? listedAt) < listedAt;
    if (isVouched && directory !== undefined) tally.lookup(lookup, true);
  }
}

/**
 * The directory as far as it holds for this user. The org's list of role holders is older than a user who was read
 * again since, and lists of members that were read earlier say nothing about a newcomer.
 */
function directoryFor(
  { reread }: Pick<UserParts, 'reread'>,
  userId: string,
  { groupsWay }: Noted,
  { directory }: HowToRead,
): Directory | undefined {
  if (directory === undefined) return undefined;
  const isNewcomer = directory.asksOwnListOf === 'newcomers' && groupsWay === undefined;
  return {
    ...directory,
    groups: isNewcomer && directory.groups === 'by-membership' ? 'per-user' : directory.groups,
    assignees: reread.has(userId) ? undefined : directory.assignees,
  };
}

function askedSince(
  noted: Noted,
  { answeredSince, again }: HowToRead,
  directory: Directory | undefined,
): Readonly<Record<UserLookup, boolean>> {
  const { askedAt, groupsWay } = noted;
  const isOvertaken = areRolesOvertaken(noted, directory);
  const isOwnListDue = directory?.asksOwnListOf === 'everybody' && groupsWay === 'by-membership';
  return byName(
    USER_LOOKUPS,
    (lookup) =>
      (askedAt[lookup] ?? -1) >= answeredSince[lookup] &&
      again?.has(lookup) !== true &&
      !(lookup === 'roles' && isOvertaken) &&
      !(lookup === 'groups' && isOwnListDue),
  );
}

/** Is the answer to roles older than a list of role holders that contradicts it? */
function areRolesOvertaken(
  { listed, askedAt, isNoHolder, holdsOwnRoles }: Noted,
  directory: Directory | undefined,
): boolean {
  const assignees = directory?.assignees;
  const id = listed.kind === 'user' ? listed.user.id : '';
  const isNamed = assignees?.ids.has(id) === true;
  const rolesAskedAt = askedAt.roles ?? 0;
  // The roles may be revoked, or the list may be late.
  if (holdsOwnRoles) return assignees !== undefined && !isNamed && rolesAskedAt < assignees.readAt;
  if (!isNoHolder) return false;
  // The list names a user whom an earlier one did not name: that one's answer holds no more, unless the user's groups
  // are the reason. Nor does it tell roles through groups, where the members of a group that holds roles cannot be
  // listed now.
  if (directory?.groups === 'not-asked') return true;
  const heldSince = directory?.namedByGroups.get(id) ?? Number.POSITIVE_INFINITY;
  // An answer that claims to be newer than the list is of a clock that was ahead.
  const isHeld = rolesAskedAt >= heldSince && rolesAskedAt < (assignees?.readAt ?? 0);
  return isNamed && !isHeld;
}
/** A record that cannot be read becomes a dead letter. */
export async function refuse(
  run: CountParts & Pick<Run, 'inventory'>,
  listed: ListedUser & { kind: 'unreadable' },
): Promise<void> {
  await run.inventory.users.saveUnreadable(listed);
  countSaved(run, {
    asset: { kind: 'user', id: listed.id ?? '' },
    outcome: 'dead-lettered',
    reasons: [listed.reason],
    gaps: new Map(),
  });
}

async function ask(
  run: AskParts,
  user: User,
  needs: Needs,
  directory: Directory | undefined,
): Promise<LookupAnswers> {
  const groups = askGroups(run, user, needs, directory);
  const [ofGroups, perUser, ofRoles] = await Promise.all([
    groups,
    askPerUser(run, user, needs),
    askRoles(run, user, needs, directory, groups),
  ]);
  return { ...present('groups', ofGroups), ...perUser, ...present('roles', ofRoles) };
}

function present<K extends string, T>(name: K, value: T | undefined): { [key in K]?: T } {
  const made: { [key in K]?: T } = {};
  if (value !== undefined) made[name] = value;
  return made;
}

async function askGroups(
  run: Pick<Run, 'source' | 'inventory' | 'tally'>,
  user: User,
  needs: Needs,
  directory: Directory | undefined,
): Promise<Reading['groups'] | undefined> {
  if (needs.groups === 'done' || needs.groups === 'later') return undefined;
  if (needs.groups === 'by-membership') return 'by-membership';
  if (needs.groups === 'not-asked') return NOT_ASKED;
  const answer = run.source.ask('groups', user.id);
  await directory?.groupRoles.askOf(answer);
  const groups = await answer;
  if (groups.kind === 'known' || groups.reason === 'gone' || directory?.groups !== 'by-membership')
    return groups;
  // Only the built-in group of administrators is missing from the groups known by membership.
  run.tally.gap('groups', groups.reason);
  const { reason } = groups;
  await run.inventory.marks.add([{ subject: 'user', id: user.id, question: 'groups', reason }]);
  return 'by-membership';
}

async function askPerUser(
  { source }: Pick<Run, 'source'>,
  user: User,
  needs: Needs,
): Promise<PerUserAnswers> {
  const wanted = PER_USER_LOOKUPS.filter((lookup) => needs[lookup] !== 'done');
  const answers = await Promise.all(
    wanted.map(async (lookup) => (needs[lookup] === 'ask' ? source.ask(lookup, user.id) : NOT_ASKED)),
  );
  return Object.fromEntries(wanted.map((lookup, at) => [lookup, answers[at]]));
}

async function askRoles(
  run: Pick<Run, 'source' | 'inventory'>,
  user: User,
  { roles }: Needs,
  directory: Directory | undefined,
  groups: Promise<Reading['groups'] | undefined>,
): Promise<Reading['roles'] | undefined> {
  if (roles === 'done' || roles === 'later') return undefined;
  if (roles === 'not-asked') return NOT_ASKED;
  if (roles === 'none-held')
    return { kind: 'known', value: NO_ROLES, readAt: directory?.assignees?.readAt ?? 0 };
  // Spares the call where a group's role makes the user Admin already and nothing else depends on the user's own roles.
  const hasList = directory?.assignees !== undefined;
  if (hasList && (await run.inventory.users.isAdminByGroups(user.id, ownList(await groups)))) return 'spared';
  return run.source.ask('roles', user.id);
}

function ownList(groups: Reading['groups'] | undefined): readonly string[] | undefined {
  const isList = groups !== undefined && groups !== 'by-membership' && groups.kind === 'known';
  return isList ? groups.value.map(({ id }) => id) : undefined;
}

/**
 * True when Okta answers 404 for the user, who then vanished between page and lookup. No event is made; a user whom the
 * inventory knows is removed.
 */
function isUserGone(
  { tally, removals }: Pick<UserParts, 'tally' | 'removals'>,
  user: User,
  answers: LookupAnswers,
): boolean {
  const gone = USER_LOOKUPS.filter((lookup) => isGone(answers[lookup]));
  for (const lookup of gone) tally.gap(lookup, 'gone');
  if (gone.length > 0) removals.add(user.id);
  return gone.length > 0;
}

function isGone(facet: LookupAnswers[UserLookup]): boolean {
  return typeof facet === 'object' && facet.kind === 'unknown' && facet.reason === 'gone';
}

/** Counts the result of an event, and wakes delivery. */
export function countSaved(run: CountParts, saved: Saved | undefined): void {
  if (saved === undefined) return;
  run.tally.count(saved);
  if (saved.outcome === 'dead-lettered' && saved.reasons.length > 0) {
    const { kind, id } = saved.asset;
    run.log.warn({ [`${kind}_id`]: id, reasons: saved.reasons }, `a ${kind} became a dead letter`);
    if (kind === 'user') run.tally.withoutEvent = `a dead letter, since ${saved.reasons.join('; ')}`;
  }
  if (saved.outcome === 'emitted') run.delivery.wake();
}

type EvaluateParts = CountParts & Pick<Run, 'inventory' | 'signal' | 'newsRule'>;

/** Makes the events of all users and devices whose facts have changed, without a call. */
export async function evaluateMoved(run: EvaluateParts): Promise<void> {
  await evaluateAll(run, run.inventory.users);
  await evaluateAll(run, run.inventory.assetEvents);
}

/** Users' events are made as they are read. After a failure, too, devices that were read have theirs. */
export async function deliveringDevices(run: EvaluateParts, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } finally {
    if (!run.signal.aborted) await evaluateAll(run, run.inventory.assetEvents);
  }
}

async function evaluateAll(run: EvaluateParts, store: Pick<AssetEvents, 'evaluate'>): Promise<void> {
  for (;;) {
    run.signal.throwIfAborted();
    const saved = await store.evaluate(200, run.newsRule);
    if (saved.length === 0) return;
    for (const each of saved) countSaved(run, each);
  }
}
