import { FACTOR_SETS } from './factors.ts';
import { oddities } from './odd-users.ts';
import type { Oddity } from './odd-users.ts';
import type { SimulatedUser } from './org-model.ts';
import { createRandom, itemAt, makeId, mix } from './random.ts';
import type { Random } from './random.ts';

const DAY = 86_400_000;

export interface PeopleOptions {
  readonly seed: number;
  readonly users: number;
  readonly deprovisionedShare: number;
  readonly oddUsers: boolean;
  readonly brokenUsers: boolean;
  /** Epoch milliseconds: no date of the org is later. */
  readonly asOf: number;
}

/** One user who follows from seed and number alone. */
function makeUser(options: PeopleOptions, number: number): SimulatedUser {
  const random = createRandom(mix(mix(options.seed, 7), number));
  const status = random.chance(options.deprovisionedShare) ? 'DEPROVISIONED' : pickStatus(random);
  const createdAt = options.asOf - (30 + random.below(2_200)) * DAY - random.below(DAY);
  const lastUpdatedAt = createdAt + random.below(options.asOf - createdAt);
  const isGone = status === 'DEPROVISIONED';
  return {
    id: makeId('00u', options.seed, number),
    number,
    status,
    createdAt,
    activatedAt: random.chance(0.1) ? null : createdAt + random.below(DAY),
    statusChangedAt: random.chance(0.05) ? null : createdAt + random.below(20 * DAY),
    lastLoginAt: random.chance(0.1) ? null : createdAt + random.below(options.asOf - createdAt),
    lastUpdatedAt,
    passwordChangedAt:
      isGone || random.chance(0.05) ? null : createdAt + random.below(lastUpdatedAt - createdAt + 1),
    provider: random.chance(0.1) ? 'ACTIVE_DIRECTORY' : 'OKTA',
    groups: [],
    factors: isGone ? [] : random.pick(FACTOR_SETS),
    roles: [],
    patch: undefined,
  };
}

function pickStatus(random: Random): string {
  if (random.chance(0.92)) return 'ACTIVE';
  return random.pick(['STAGED', 'PROVISIONED', 'RECOVERY', 'LOCKED_OUT', 'PASSWORD_EXPIRED', 'SUSPENDED']);
}

/** Odd users stand among the others, evenly spread; a small org has only some of the kinds. */
export function makePeople(options: PeopleOptions): {
  readonly users: SimulatedUser[];
  readonly inManyGroups: ReadonlySet<SimulatedUser>;
} {
  const users = Array.from({ length: options.users }, (_, number) => makeUser(options, number));
  const inManyGroups = new Set<SimulatedUser>();
  const kinds = [...(options.oddUsers ? oddities(0) : []), ...(options.brokenUsers ? BROKEN : [])].length;
  const stride = Math.max(1, Math.floor(options.users / Math.max(1, kinds)));
  for (let kind = 0; kind < kinds && kind * stride < users.length; kind += 1) {
    const user = itemAt(users, kind * stride);
    const odd = itemAt(
      [...(options.oddUsers ? oddities(user.number) : []), ...(options.brokenUsers ? BROKEN : [])],
      kind,
    );
    applyOddity(user, odd);
    if (odd.manyGroups) inManyGroups.add(user);
  }
  return { users, inManyGroups };
}

/** Users without an event: a value that the mapping needs is missing. */
const BROKEN: readonly Oddity[] = [
  { name: 'no login', patch: { login: undefined } },
  { name: 'login null', patch: { login: null } },
  { name: 'login empty', patch: { login: '' } },
  { name: 'no creation date', createdAt: undefined },
  { name: 'creation date null', createdAt: null },
];

function applyOddity(user: SimulatedUser, odd: Oddity): void {
  const { name: _name, manyGroups: _manyGroups, ...changes } = odd;
  if (user.status === 'DEPROVISIONED' && odd.status === undefined) user.status = 'ACTIVE';
  Object.assign(user, changes);
}
