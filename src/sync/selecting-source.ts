import {
  asConnectorError,
  ConfigError,
  ConnectorError,
  OktaForbiddenError,
  type SettingFault,
} from '../ports/errors.ts';
import type { Group, ListedUser, User } from '../ports/org.ts';
import type { Source } from '../ports/source.ts';
import {
  hasSelectedStatus,
  isSelectedMember,
  membersSelected,
  type Selection,
} from '../shaping/selection.ts';

export interface SelectionParts {
  readonly source: Source;
  /** Groups by name or id; `undefined`: the setting is absent. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  readonly statuses: ReadonlySet<string> | undefined;
  /** Finds the groups with that id or name. */
  readonly findGroups: (nameOrId: string) => Promise<readonly Group[]>;
  /** Are the groups read when somebody first asks for the selection? Otherwise they are read at the start, before any user. */
  readonly isLate?: boolean;
  /** Does the inventory know the user? */
  readonly isKnown: (userId: string) => Promise<boolean>;
  /** Called as pages come, with the users listed so far and how many of them are selected. */
  readonly onCount: (listed: number, selected: number) => void;
}

/**
 * Shows the org as if it had only the selected users: nobody else is looked up, stored or sent, and no other code needs
 * to know of a selection. The members of the groups are read once in each run. A user asked for by id is returned even
 * when not selected, so that the caller can tell users who left the selection from users who are gone.
 */
export function selectingSource(parts: SelectionParts): Source {
  const { source, isKnown, onCount, isLate = false } = parts;
  const { now: selection, read, readIfLate } = selectionOnce(parts);
  const leftOut = new Set<string>();

  // A record that cannot be read becomes a dead letter, selected or not.
  const isSelected = (listed: ListedUser): boolean =>
    listed.kind !== 'user' || isChosen(selection(), listed.user);

  async function* listUsers(onLost?: (error: unknown) => void): AsyncGenerator<readonly ListedUser[]> {
    await readIfLate();
    let [listed, selected] = [0, 0];
    for await (const page of source.listUsers(onLost)) {
      const chosen = page.filter(isSelected);
      for (const each of page) if (each.kind === 'user' && !chosen.includes(each)) leftOut.add(each.user.id);
      listed += page.length;
      selected += chosen.length;
      onCount(listed, selected);
      yield chosen;
    }
  }

  async function* listChangedUsers(since: number): AsyncGenerator<readonly ListedUser[]> {
    await readIfLate();
    for await (const page of source.listChangedUsers(since)) {
      const isWanted = await Promise.all(page.map(async (each) => isSelected(each) || isEnd(each, isKnown)));
      yield page.filter((_, at) => isWanted[at]);
    }
  }

  return withMethods(source, {
    listUsers,
    listChangedUsers,
    isSelected: async (user) => {
      await readIfLate();
      return isChosen(selection(), user) && (await source.isSelected(user));
    },
    leftOutBy: async (user) => {
      await readIfLate();
      if (!hasSelectedStatus(selection(), user)) return 'STATUSES';
      if (selection().exclude.has(user.id)) return 'EXCLUDE_GROUPS';
      return isSelectedMember(selection(), user.id) ? source.leftOutBy?.(user) : 'INCLUDE_GROUPS';
    },
    wasLeftOut: (userId) => leftOut.has(userId),
    readSelection: readIfLate,
    usersSelected: () => membersSelected(selection()),
    identify: async () => {
      const identity = await source.identify();
      if (!isLate) await read();
      return identity;
    },
  });
}

function isChosen(selection: Selection, user: User): boolean {
  return hasSelectedStatus(selection, user) && isSelectedMember(selection, user.id);
}

/** Nobody can be told from the others, so the run ends. The cause itself would count as a gap of the user who is read. */
class UnknownSelectionError extends ConnectorError {
  readonly code;
  readonly recovery = 'stop';

  constructor(cause: ConnectorError) {
    super(cause.message, { hint: cause.hint, cause });
    this.code = cause.code;
  }
}

/** The selection, as far as it is read. It is read once. */
function selectionOnce(parts: SelectionParts): {
  readonly now: () => Selection;
  readonly read: () => Promise<void>;
  readonly readIfLate: () => Promise<void>;
} {
  let selection: Selection = { include: undefined, exclude: new Set(), statuses: parts.statuses };
  let reading: Promise<Selection> | undefined;
  const read = async (): Promise<void> => {
    reading ??= readSelection(parts);
    selection = await reading;
  };
  const readIfLate = async (): Promise<void> => {
    if (parts.isLate !== true) return;
    await read().catch((thrown: unknown) => {
      throw new UnknownSelectionError(asConnectorError(thrown));
    });
  };
  return { now: () => selection, read, readIfLate };
}

/**
 * Okta takes deactivated users out of their groups. If the intake knows such a user, it must learn that the user is
 * disabled.
 */
async function isEnd(listed: ListedUser, isKnown: SelectionParts['isKnown']): Promise<boolean> {
  return listed.kind === 'user' && listed.user.status === 'DEPROVISIONED' && isKnown(listed.user.id);
}

async function readSelection(parts: SelectionParts): Promise<Selection> {
  const { include, exclude = [], statuses } = parts;
  const faults: SettingFault[] = [];
  const included = await groupIds('INCLUDE_GROUPS', include ?? [], parts, faults);
  const excluded = await groupIds('EXCLUDE_GROUPS', exclude, parts, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    include: include === undefined ? undefined : await membersOf(included, parts),
    exclude: await membersOf(excluded, parts),
    statuses,
  };
}

async function groupIds(
  setting: string,
  names: readonly string[],
  { findGroups }: SelectionParts,
  faults: SettingFault[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const [group, ...others] = await findGroups(name);
    if (group !== undefined && others.length === 0) ids.push(group.id);
    else
      faults.push(
        group === undefined ? noGroup(setting, name) : severalGroups(setting, name, [group, ...others]),
      );
  }
  return ids;
}

function noGroup(setting: string, name: string): SettingFault {
  return {
    name: setting,
    problem: `names a group that the org does not have: ${name}`,
    hint: 'write the whole name as Okta shows it, or the id; a comma in a name is written twice',
  };
}

function severalGroups(setting: string, name: string, groups: readonly Group[]): SettingFault {
  const ids = groups.map(({ id, type }) => `${id} (${type ?? 'no type'})`).join(', ');
  return {
    name: setting,
    problem: `names ${groups.length} groups called ${name}`,
    hint: `give one by id: ${ids}`,
  };
}

async function membersOf(
  groupIdsWanted: readonly string[],
  { source }: SelectionParts,
): Promise<ReadonlySet<string>> {
  const members = new Set<string>();
  for (const id of groupIdsWanted) {
    try {
      for await (const page of source.listMembers(id)) for (const userId of page) members.add(userId);
    } catch (cause) {
      if (!(cause instanceof OktaForbiddenError)) throw cause;
      throw new OktaForbiddenError(`Okta does not let the members of group ${id} be listed`, {
        cause,
        hint: 'this group cannot select users: take it out of INCLUDE_GROUPS and EXCLUDE_GROUPS',
      });
    }
  }
  return members;
}

/** The same source but for some of its methods. Whatever else a source can do, now or later, is passed on. */
function withMethods(source: Source, methods: Partial<Source>): Source {
  return new Proxy(source, {
    get(target, name): unknown {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name);
      const own: unknown = Reflect.get(target, name);
      return typeof own === 'function'
        ? (...given: unknown[]): unknown => Reflect.apply(own, target, given)
        : own;
    },
  });
}
