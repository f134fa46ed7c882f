import {
  OktaAuthError,
  OktaFeatureOffError,
  OktaForbiddenError,
  OktaNotFoundError,
  OktaRefusedQuestionError,
  OktaUnavailableError,
} from '../../ports/errors.ts';
import { readGroup } from '../../assets/groups/record.ts';
import { gapReasonOf } from '../../enrich/gap-reason.ts';
import type { Asset } from '../../ports/assets.ts';
import type {
  Answer,
  FactorDetails,
  GroupsPage,
  ListedUser,
  Lookup,
  OrgIdentity,
  User,
  UserAnswers,
  UserLookup,
} from '../../ports/org.ts';
import type { LogCursor, LogPage, Source } from '../../ports/source.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';
import { ENDPOINTS, pathAbout } from '../endpoints.ts';
import { NoOktaPageError, OktaInvalidQuestionError } from './answers.ts';
import { WITH_TARGETS } from './details.ts';
import { Lookups } from './lookups.ts';
import { entriesOf, listPages, wholeOf, type Listing } from './paging.ts';
import { unlearntSize } from './page-size.ts';
import { segment } from './paths.ts';
import { logFilters, pollLog, type LogFilter } from './poll-log.ts';
import * as read from './schema.ts';
import { asDispensable } from './shared-listing.ts';

const SMALLEST_PAGE = 25;
/** A listing other than that of users never has more pages: a million groups, or ten million members. */
const MOST_GROUP_PAGES = 5000;
const MOST_MEMBER_PAGES = 10_000;
const MOST_ASSIGNEE_PAGES = 5000;
const ROLES: ReadonlySet<string> = new Set([ENDPOINTS.rolesOfUser.template, ENDPOINTS.rolesOfGroup.template]);

export interface SourceOptions {
  readonly client: OktaClient;
  readonly host: string;
  /** An Okta search expression that selects users. */
  readonly userSearch: string | undefined;
  readonly includeDeprovisioned: boolean;
  /** Lookups that Okta refused to this credential when last asked. */
  readonly refusedBefore: ReadonlySet<Lookup>;
  /** Also keep each user's record as Okta gave it, without secrets; absent: no. */
  readonly keepsRaw?: boolean;
  /**
   * Takes everything out of a user that must not be stored, before the user leaves this folder. Absent: nothing is
   * taken out.
   */
  readonly shape?: ((user: User) => User) | undefined;
  /** The same for the details of a factor. */
  readonly shapeFactor?: ((details: FactorDetails) => FactorDetails) | undefined;
  /** The assets that are read beside users; absent: none. */
  readonly assets?: ReadonlySet<Asset>;
  /** Called with the hosts that the org names as its own. */
  readonly onHosts?: (hosts: ReadonlySet<string>) => void;
  /** Called after each page of the log that another one follows: a thousand entries leave more garbage than they take. */
  readonly freeMemory?: () => void;
}

/** The Okta org as `Source`: decides which endpoint answers which question, and what its failures mean. */
export class OktaSource implements Source {
  readonly #options: SourceOptions;
  readonly #client: OktaClient;
  readonly #lookups: Lookups;
  readonly #memberPages = unlearntSize();
  readonly #assets: ReadonlySet<Asset>;
  readonly #answers: ReturnType<typeof read.userAnswers>;
  readonly #logFilters: ReturnType<typeof logFilters>;
  /** The one whose events the log gives. */
  #logFilter: LogFilter;
  #hasLog = true;
  #asksTargets: boolean;
  #ownHosts: ReadonlySet<string> = new Set();

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#assets = options.assets ?? new Set();
    this.#logFilters = logFilters(this.#assets);
    [this.#logFilter] = this.#logFilters;
    this.#asksTargets = this.#assets.size > 0;
    this.#answers = read.userAnswers(this.#asksTargets, options.shapeFactor);
    this.#lookups = new Lookups({
      readPages: (listing) =>
        this.#asksTargets && ROLES.has(listing.template) ? this.#rolePages(listing) : this.#pages(listing),
      isThere: async (subject, id) =>
        (await (subject === 'user' ? this.getUser(id) : this.getGroup(id))) !== undefined,
      refusedBefore: options.refusedBefore,
    });
  }

  /** Hosts that the org names as its own. */
  get ownHosts(): ReadonlySet<string> {
    return this.#ownHosts;
  }

  refusedLookups(): ReadonlySet<Lookup> {
    return this.#lookups.refused;
  }

  async identify(): Promise<OrgIdentity> {
    const { template: path } = ENDPOINTS.org;
    try {
      const answer = await this.#client.get(path, path, { isPublic: true });
      const { id, hosts } = read.readOrganization(answer.body);
      this.#ownHosts = new Set(hosts);
      this.#options.onHosts?.(this.#ownHosts);
      return { id, host: this.#options.host, at: answer.at };
    } catch (error) {
      // The request carries no credential, so a 401 says nothing about it. The first request that carries it gets its
      // own.
      if (!isNotOffered(error) && !(error instanceof OktaAuthError)) throw error;
      this.#options.onHosts?.(this.#ownHosts);
      return { id: undefined, host: this.#options.host, at: undefined };
    }
  }

  async *listUsers(
    onLost?: (error: unknown) => void,
    wanted?: number,
  ): AsyncGenerator<readonly ListedUser[]> {
    const { userSearch, includeDeprovisioned } = this.#options;
    const isWanted = (listed: ListedUser): boolean =>
      includeDeprovisioned || listed.kind !== 'user' || listed.user.status !== 'DEPROVISIONED';
    // A plain listing holds wanted users only; of a search, small pages may hold none.
    const first =
      userSearch === undefined ? this.#userPages(undefined, wanted) : this.#userPages(`(${userSearch})`);
    for await (const page of first) yield page.filter(isWanted);
    // A plain listing leaves deactivated users out, a search does not (okta-api section 1).
    if (userSearch !== undefined || !includeDeprovisioned) return;
    try {
      yield* this.listDeprovisioned();
    } catch (error) {
      if (onLost === undefined || gapReasonOf(error) === undefined) throw error;
      onLost(error);
    }
  }

  /** Dispensable: known users are looked for one by one instead. */
  listDeprovisioned(): AsyncGenerator<readonly ListedUser[]> {
    return asDispensable(this.#userPages(this.#selected('status eq "DEPROVISIONED"')));
  }

  /** `ge`, not `gt`: users who share the last millisecond may sit on the page that was never read. */
  listChangedUsers(since: number): AsyncGenerator<readonly ListedUser[]> {
    return this.#userPages(this.#selected(`lastUpdated ge "${new Date(since).toISOString()}"`));
  }

  /**
   * Asks the search about that very record, since an older one in its index says nothing. Dispensable: the next run
   * asks again about a user who may have left the selection.
   */
  async isSelected({ id, lastUpdated }: User): Promise<boolean> {
    if (this.#options.userSearch === undefined) return true;
    const found = this.#userPages(this.#selected(`id eq ${JSON.stringify(id)}`));
    for await (const page of asDispensable(found)) {
      for (const each of page)
        if (each.kind === 'user' && each.user.id === id) return each.user.lastUpdated === lastUpdated;
    }
    return false;
  }

  async leftOutBy({ id }: User): Promise<string | undefined> {
    if (this.#options.userSearch === undefined) return undefined;
    for await (const page of this.#userPages(this.#selected(`id eq ${JSON.stringify(id)}`)))
      if (page.some((each) => each.kind === 'user' && each.user.id === id)) return undefined;
    return 'OKTA_USER_SEARCH';
  }

  #selected(condition: string): string {
    const { userSearch: search } = this.#options;
    return search === undefined ? condition : `(${search}) and ${condition}`;
  }

  async *#userPages(
    search: string | undefined,
    wanted = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<readonly ListedUser[]> {
    const searched = search === undefined ? {} : { search };
    const { template, page } = ENDPOINTS.users;
    const limit = Math.min(page, wanted);
    const query = new URLSearchParams({ limit: String(limit), ...searched });
    const path = `${template}?${query.toString()}`;
    const listing: Listing = { path, template, next: 'link', smallestLimit: SMALLEST_PAGE };
    // Later pages are asked for by Okta's own links, so a fault there is not the setting's.
    let isOurs = this.#options.userSearch !== undefined;
    try {
      for await (const page of this.#pages(listing)) {
        isOurs = false;
        yield entriesOf(page, listing).map((entry) => this.#readUser(entry, page.at));
      }
    } catch (error) {
      throw isOurs && error instanceof OktaInvalidQuestionError ? wrongSearch(error) : error;
    }
  }

  #readUser(entry: unknown, readAt: number): ListedUser {
    const { keepsRaw = false, shape } = this.#options;
    const listed = read.readUser(entry, readAt, { keepsRaw });
    return listed.kind === 'user' && shape !== undefined ? { ...listed, user: shape(listed.user) } : listed;
  }

  async getUser(idOrLogin: string): Promise<ListedUser | undefined> {
    const id = segment(idOrLogin);
    if (id === undefined) return undefined;
    try {
      const answer = await this.#client.get(pathAbout(ENDPOINTS.user, id), ENDPOINTS.user.template);
      return this.#readUser(answer.body, answer.at);
    } catch (error) {
      if (error instanceof OktaNotFoundError) return undefined;
      throw error;
    }
  }

  /** Dispensable: users are asked for their groups instead. */
  listGroups(): AsyncGenerator<GroupsPage> {
    return asDispensable(this.#sizedGroups(new URLSearchParams({ limit: String(ENDPOINTS.groups.page) })));
  }

  /** Dispensable: all groups are listed instead. */
  searchGroups(ids: readonly string[]): AsyncGenerator<GroupsPage> {
    const search = ids.map((id) => `id eq ${JSON.stringify(id)}`).join(' or ');
    const query = new URLSearchParams({ limit: String(ENDPOINTS.groups.page), search });
    return asDispensable(this.#groupPages(withStats(query)));
  }

  /** Dispensable: the next run asks again, and the next full run asks in another way. */
  listChangedGroups(since: number): AsyncGenerator<GroupsPage> {
    const stamp = new Date(since).toISOString();
    const search = `lastUpdated ge "${stamp}" or lastMembershipUpdated ge "${stamp}"`;
    return asDispensable(
      this.#sizedGroups(new URLSearchParams({ limit: String(ENDPOINTS.groups.page), search })),
    );
  }

  /**
   * With sizes and admin flags. When Okta times out over those even on small pages, the listing starts over without
   * them.
   */
  async *#sizedGroups(query: URLSearchParams): AsyncGenerator<GroupsPage> {
    try {
      yield* this.#groupPages(withStats(query));
    } catch (error) {
      if (!(error instanceof OktaUnavailableError)) throw error;
      let isRestart = true;
      const { template } = ENDPOINTS.groups;
      const path = `${template}?${query.toString()}`;
      const plain = { path, template, next: 'link', mostPages: MOST_GROUP_PAGES } as const;
      for await (const page of this.#groupPages(plain)) {
        yield isRestart ? { ...page, isRestart } : page;
        isRestart = false;
      }
    }
  }

  async getGroup(groupId: string): Promise<GroupsPage | undefined> {
    const id = segment(groupId);
    if (id === undefined) return undefined;
    try {
      const answer = await this.#client.get(
        `${pathAbout(ENDPOINTS.group, id)}?expand=stats`,
        ENDPOINTS.group.template,
      );
      return this.#groupsPage([answer.body], answer.at);
    } catch (error) {
      if (error instanceof OktaNotFoundError) return undefined;
      throw error;
    }
  }

  get logFilter(): string {
    return this.#logFilter.name;
  }

  /** Does the log tell of the assets that are wanted, as far as it knows them? False where it did not answer. */
  get followsAssets(): boolean {
    return this.#logFilter.tellsAssets && this.#hasLog;
  }

  isLogFilter(name: string | undefined): boolean {
    return this.#logFilters.some((filter) => filter.name === name);
  }

  /** Dispensable: full runs see the same changes. */
  async *pollLog(from: LogCursor): AsyncGenerator<LogPage> {
    const opened = 'next' in from ? this.#logFilters.find(({ name }) => name === from.filter) : undefined;
    this.#logFilter = opened ?? this.#logFilters[0];
    const parts = {
      client: this.#client,
      ownHosts: this.#ownHosts,
      assets: this.#assets,
      filters: this.#logFilters,
      onOpened: (filter: LogFilter) => {
        this.#logFilter = filter;
      },
      freeMemory: this.#options.freeMemory,
    };
    this.#hasLog = false;
    for await (const page of asDispensable(pollLog(parts, from))) {
      this.#hasLog = true;
      yield page;
    }
  }

  async *#groupPages(listing: Listing): AsyncGenerator<GroupsPage> {
    for await (const page of this.#pages(listing)) {
      yield this.#groupsPage(entriesOf(page, listing), page.at);
    }
  }

  #groupsPage(entries: readonly unknown[], readAt: number): GroupsPage {
    const groups = entries.map(read.readSizedGroup);
    const wantsDetails = this.#assets.has('groups') || this.#assets.has('apps');
    return {
      groups: groups.filter((group) => group !== undefined),
      ...(wantsDetails ? { details: entries.map(readGroup).filter((group) => group !== undefined) } : {}),
      isWhole: !groups.includes(undefined),
      readAt,
    };
  }

  /** Dispensable: users are asked for their groups instead. */
  listMembers(groupId: string): AsyncGenerator<readonly string[]> {
    return asDispensable(this.#memberPagesOf(groupId));
  }

  async *#memberPagesOf(groupId: string): AsyncGenerator<readonly string[]> {
    const id = segment(groupId);
    if (id === undefined) throw new OktaUnavailableError('a group id cannot be part of a path');
    const { template, page: limit } = ENDPOINTS.membersOfGroup;
    const path = `${pathAbout(ENDPOINTS.membersOfGroup, id)}?limit=${limit}`;
    const size = {
      smallestLimit: SMALLEST_PAGE,
      learnt: this.#memberPages,
      mostPages: MOST_MEMBER_PAGES,
    } as const;
    for await (const page of this.#pages({ path, template, next: 'link', ...size })) {
      yield wholeOf(read.readMemberIds(page.body), template);
    }
  }

  /** Dispensable: users are asked for their roles instead. */
  listAssignees(): AsyncGenerator<readonly string[]> {
    return asDispensable(this.#assigneePages());
  }

  async *#assigneePages(): AsyncGenerator<readonly string[]> {
    const { template, page: limit } = ENDPOINTS.roleHolders;
    const listing = { path: `${template}?limit=${limit}`, template, next: 'body' } as const;
    for await (const page of this.#pages({ ...listing, mostPages: MOST_ASSIGNEE_PAGES })) {
      yield wholeOf(read.readAssigneeIds(page.body), template);
    }
  }

  async ask<L extends UserLookup>(lookup: L, userId: string): Promise<Answer<UserAnswers[L]>> {
    const { read: readEntries, whole } = this.#answers[lookup];
    const answer = await this.#lookups.ask(lookup, userId, readEntries);
    return answer.kind === 'known' ? { ...answer, value: whole(answer.value) } : answer;
  }

  getGroupRoles(groupId: string) {
    return this.#lookups.ask('group-roles', groupId, this.#answers.roles.read);
  }

  /** With their targets, unless Okta does not take that. */
  async *#rolePages(listing: Listing): AsyncGenerator<OktaAnswer> {
    try {
      yield* this.#pages({ ...listing, path: `${listing.path}${WITH_TARGETS}` });
    } catch (error) {
      if (!(error instanceof OktaRefusedQuestionError)) throw error;
      this.#asksTargets = false;
      yield* this.#pages(listing);
    }
  }

  #pages(listing: Listing): AsyncGenerator<OktaAnswer> {
    return listPages(this.#client, listing, this.#ownHosts);
  }
}

/** Groups with their sizes and admin flags. */
function withStats(query: URLSearchParams): Listing {
  const { template } = ENDPOINTS.groups;
  const path = `${template}?${query.toString()}&expand=stats`;
  return { path, template, next: 'link', smallestLimit: SMALLEST_PAGE, mostPages: MOST_GROUP_PAGES };
}

/** Only the setting can be wrong in these questions, so the hint names it. */
function wrongSearch(error: OktaInvalidQuestionError): OktaRefusedQuestionError {
  return new OktaRefusedQuestionError(
    `${error.message}: OKTA_USER_SEARCH is not a search that Okta understands`,
    {
      cause: error,
      hint: 'mend the expression in OKTA_USER_SEARCH: names are case-sensitive, and values stand in double quotes',
    },
  );
}

function isNotOffered(error: unknown): boolean {
  const kinds = [OktaNotFoundError, NoOktaPageError, OktaForbiddenError, OktaFeatureOffError];
  return kinds.some((kind) => error instanceof kind);
}
