/** Adds up what is known of single users to the posture of the org. */
import { maySignIn, type UserPosture } from '../../enrich/posture.ts';
import type { Posture, Shares } from '../../ports/posture.ts';

/** A last sign-in that is more days ago makes a user dormant. */
export const DORMANT_DAYS = 90;

/** Users of whom the same is known. `posture` is absent for those who have no event yet. */
export interface PostureCell {
  readonly posture: UserPosture | undefined;
  readonly users: number;
}

interface OtherCounts {
  /** Users who may sign in and did so last more than `DORMANT_DAYS` days ago. */
  readonly dormant: number;
  readonly privilegedGroups: Shares;
}

const NOTHING_KNOWN: UserPosture = {
  status: 'unknown',
  mfa: 'unknown',
  kinds: [],
  admin: 'unknown',
  signIn: 'unknown',
  service: 'unknown',
};

export function addUp(given: readonly PostureCell[], { dormant, privilegedGroups }: OtherCounts): Posture {
  const cells = given.map(({ posture = NOTHING_KNOWN, users }) => ({ ...posture, users }));
  const active = cells.filter(maySignIn);
  const admins = active.filter(({ admin }) => admin === 'yes');
  const signedIn = sumOf(active.filter(({ signIn }) => signIn === 'known'));
  return {
    statuses: Object.fromEntries(
      [...Map.groupBy(cells, ({ status }) => status)]
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([status, those]) => [status, { users: sumOf(those), mfa: sharesOf(those, ({ mfa }) => mfa) }]),
    ),
    admins: sharesOf(active, ({ admin }) => admin),
    adminMfa: sharesOf(admins, ({ mfa }) => mfa),
    factors: factorsOf(active),
    signIns: {
      recent: signedIn - dormant,
      dormant,
      never: sumOf(active.filter(({ signIn }) => signIn === 'never')),
      unknown: sumOf(active.filter(({ signIn }) => signIn === 'unknown')),
    },
    serviceAccounts: sharesOf(active, ({ service }) => service),
    privilegedGroups,
  };
}

type CellOfUsers = UserPosture & { readonly users: number };

function sumOf(cells: readonly Pick<CellOfUsers, 'users'>[]): number {
  return cells.reduce((sum, { users }) => sum + users, 0);
}

function sharesOf(cells: readonly CellOfUsers[], shareOf: (cell: CellOfUsers) => keyof Shares): Shares {
  const count = (share: keyof Shares): number => sumOf(cells.filter((cell) => shareOf(cell) === share));
  return { yes: count('yes'), no: count('no'), unknown: count('unknown') };
}

const WITHOUT_FACTORS = { no: 'none', unknown: 'unknown' } as const;

function factorsOf(cells: readonly CellOfUsers[]): Posture['factors'] {
  const counts: Partial<Record<keyof Posture['factors'], number>> = {};
  for (const { mfa, kinds, users } of cells) {
    for (const kind of mfa === 'yes' ? kinds : [WITHOUT_FACTORS[mfa]]) {
      counts[kind] = (counts[kind] ?? 0) + users;
    }
  }
  return counts;
}
