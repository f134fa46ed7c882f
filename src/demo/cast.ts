import {
  appUserOf,
  type SimulatedApp,
  type SimulatedGroup,
  type SimulatedOrg,
  type SimulatedUser,
} from '../simulator/index.ts';

interface Person {
  readonly id: string;
  readonly name: string;
}

/**
 * The users that the demo shows, and those for whom the org will not answer. All are chosen by the facts about them.
 */
export interface Cast {
  readonly admin: Person & { readonly through: SimulatedGroup };
  readonly unprotected: Person;
  /** A user with factors that the org fails to show. */
  readonly unreadable: Person;
  /** Another such user. */
  readonly unreadableToo: Person;
  /** A user whose factors the token may not see. */
  readonly refused: Person;
  /** A user who may open an application, and for no other reason than a group. */
  readonly opener: Person & { readonly app: SimulatedApp; readonly through: SimulatedGroup };
}

/** The application of which the demo tells who may open it. */
const APP = 'Payroll';

export function chooseCast(org: SimulatedOrg): Cast {
  const people = org.users.filter((user) => isPlain(org, user));
  const nobody = people.filter((user) => org.rolesOf(user).length === 0);
  const enrolled = nobody.filter((user) => user.factors.includes('push'));
  const [unreadable, unreadableToo, refused] = enrolled;
  const [unprotected] = byGroups(nobody.filter((user) => user.factors.length === 0));
  const [admin] = byGroups(
    people.filter((user) => user.roles.length === 0 && user.groups.some(holdsAdminRole)),
  );
  const through = admin?.groups.find(holdsAdminRole);
  const opener = findOpener(org, people);
  if (!opener || !admin || !through || !unprotected || !unreadable || !unreadableToo || !refused) {
    throw new Error('the simulated org has nobody for a part of the demo');
  }
  return {
    admin: { ...personOf(org, admin), through },
    unprotected: personOf(org, unprotected),
    unreadable: personOf(org, unreadable),
    unreadableToo: personOf(org, unreadableToo),
    refused: personOf(org, refused),
    opener,
  };
}

function findOpener(org: SimulatedOrg, people: readonly SimulatedUser[]): Cast['opener'] | undefined {
  const app = org.assets.apps.find(({ label }) => label === APP);
  if (app === undefined) return undefined;
  const giving = app.groups.map(({ group }) => group);
  for (const user of people) {
    const entry = appUserOf(org, app, user);
    const [through, other] = giving.filter((group) => user.groups.includes(group));
    const isOpen = entry?.scope === 'GROUP' && entry.status === 'PROVISIONED';
    if (isOpen && through !== undefined && other === undefined)
      return { ...personOf(org, user), app, through };
  }
  return undefined;
}

/** A user who is easy to read: nothing odd, and a name to show. */
function isPlain(org: SimulatedOrg, user: SimulatedUser): boolean {
  const { displayName } = org.profile(user);
  return user.patch === undefined && user.status === 'ACTIVE' && typeof displayName === 'string';
}

/** Users in two groups first, then in three and so on: their events are short, and still show several groups. */
function byGroups(users: readonly SimulatedUser[]): SimulatedUser[] {
  return users
    .filter(({ groups }) => groups.length >= 2)
    .toSorted((one, other) => one.groups.length - other.groups.length);
}

function holdsAdminRole({ roles }: SimulatedGroup): boolean {
  return roles.some(({ status, type }) => status === 'ACTIVE' && type.endsWith('_ADMIN'));
}

function personOf(org: SimulatedOrg, user: SimulatedUser): Person {
  const { displayName } = org.profile(user);
  return { id: user.id, name: typeof displayName === 'string' ? displayName : user.id };
}
