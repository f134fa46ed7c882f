import {
  OktaFeatureOffError,
  OktaNotFoundError,
  OktaRefusedQuestionError,
  OktaUnavailableError,
} from '../../ports/errors.ts';
import type {
  AppGroupRecord,
  AppRecord,
  AppUserRecord,
  AssetPage,
  AssetSource,
  CustomRoleRecord,
  DeviceUserRecord,
  ListedDevice,
  OrgRecord,
  RuleRecord,
} from '../../ports/assets.ts';
import { readAppGroup } from '../../assets/app-groups/record.ts';
import { readAppUser } from '../../assets/app-users/record.ts';
import { readApp } from '../../assets/apps/record.ts';
import { readDevice, readDeviceUsers, readListedDevice } from '../../assets/devices/record.ts';
import { idOf } from '../../assets/fields.ts';
import { readOrg } from '../../assets/org/record.ts';
import { readCustomRole, readPermissions, readRoleList } from '../../assets/roles/record.ts';
import { readRule } from '../../assets/rules/record.ts';
import { gapReasonOf } from '../../enrich/gap-reason.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';
import { ENDPOINTS, pathAbout, type Endpoint } from '../endpoints.ts';
import { entriesOf, listPages, wholeOf, type Listing } from './paging.ts';
import { unlearntSize } from './page-size.ts';
import { segment } from './paths.ts';
import { asDispensable } from './shared-listing.ts';

const SMALLEST_PAGE = 25;
/** Okta takes no smaller `limit` for the groups of an application (org-graph 1.1). */
const SMALLEST_PAGE_OF_GROUPS = 20;
/** No honest listing is longer: a million applications, devices or rules; ten million users of one application. */
const MOST_PAGES = 5000;
const MOST_PAGES_OF_USERS = 20_000;

type Paged = Endpoint & { readonly page: number };
type Read<T> = (entry: unknown) => T | undefined;

export interface AssetSourceParts {
  readonly client: OktaClient;
  /** The knowledge of the source of users. */
  readonly org: { readonly ownHosts: ReadonlySet<string>; readonly followsAssets: boolean };
}

/** The assets of an Okta org: decides which endpoint answers which question, and what its failures mean. */
export class OktaAssetSource implements AssetSource {
  readonly #client: OktaClient;
  readonly #org: AssetSourceParts['org'];
  /** The page sizes that listings of one kind have learnt together. */
  readonly #learnt = { users: unlearntSize(), groups: unlearntSize(), apps: unlearntSize() };

  constructor({ client, org }: AssetSourceParts) {
    this.#client = client;
    this.#org = org;
  }

  get isFollowed(): boolean {
    return this.#org.followsAssets;
  }

  listApps(): AsyncGenerator<AssetPage<AppRecord>> {
    return asDispensable(asFeature(this.#appPages(), [OktaNotFoundError]));
  }

  /** Inactive ones too, where Okta takes that parameter. */
  #appPages(): AsyncGenerator<AssetPage<AppRecord>> {
    const listings = [listingOf(ENDPOINTS.apps, { includeNonDeleted: 'true' }), listingOf(ENDPOINTS.apps)];
    return this.#firstTaken(listings, readApp);
  }

  /** The pages of the first of these listings that Okta does not refuse as a question. */
  async *#firstTaken<T>(
    [listing, ...others]: readonly Listing[],
    read: Read<T>,
  ): AsyncGenerator<AssetPage<T>> {
    if (listing === undefined) return;
    let hasBegun = false;
    try {
      for await (const page of this.#pages(listing, read)) {
        hasBegun = true;
        yield page;
      }
    } catch (error) {
      if (hasBegun || others.length === 0 || !(error instanceof OktaRefusedQuestionError)) throw error;
      yield* this.#firstTaken(others, read);
    }
  }

  getApp(appId: string): Promise<AppRecord | undefined> {
    return this.#get(ENDPOINTS.app, appId, readApp);
  }

  listAppUsers(appId: string): AsyncGenerator<AssetPage<AppUserRecord>> {
    const sizes = { learnt: this.#learnt.users, mostPages: MOST_PAGES_OF_USERS };
    return this.#setOf(ENDPOINTS.usersOfApp, appId, readAppUser, sizes);
  }

  async getAppUser(appId: string, userId: string): Promise<AppUserRecord | undefined> {
    const id = segmentOf(userId);
    const { template } = ENDPOINTS.userOfApp;
    return this.#get({ template }, appId, readAppUser, (path) => path.replace('{userId}', () => id));
  }

  listAppGroups(appId: string): AsyncGenerator<AssetPage<AppGroupRecord>> {
    const [smallestLimit, least] = [SMALLEST_PAGE_OF_GROUPS, SMALLEST_PAGE_OF_GROUPS];
    const sizes = { learnt: this.#learnt.groups, smallestLimit, leastLimit: least };
    return this.#setOf(ENDPOINTS.groupsOfApp, appId, readAppGroup, sizes);
  }

  listGroupApps(groupId: string): AsyncGenerator<AssetPage<AppRecord>> {
    return this.#setOf(ENDPOINTS.appsOfGroup, groupId, readApp, { learnt: this.#learnt.apps });
  }

  /** A 400 means that the feature is off (okta-api section 2). */
  listRules(): AsyncGenerator<AssetPage<RuleRecord>> {
    const pages = this.#pages(listingOf(ENDPOINTS.rules), readRule);
    return asDispensable(asFeature(pages, [OktaNotFoundError, OktaRefusedQuestionError]));
  }

  getRule(ruleId: string): Promise<RuleRecord | undefined> {
    return this.#get(ENDPOINTS.rule, ruleId, readRule);
  }

  /**
   * Okta may word in several ways that a Classic org has no devices. A search may be refused for what it is. Where Okta
   * does not take the question for their users, devices come without.
   */
  listDevices(since?: number): AsyncGenerator<AssetPage<ListedDevice>> {
    const search = since === undefined ? {} : { search: `lastUpdated ge "${new Date(since).toISOString()}"` };
    const isOff = since === undefined ? [OktaNotFoundError, OktaRefusedQuestionError] : [OktaNotFoundError];
    const listings = [{ expand: 'userSummary', ...search }, search].map((query) =>
      listingOf(ENDPOINTS.devices, query),
    );
    const pages = this.#firstTaken(listings, readListedDevice);
    return asDispensable(asFeature(pages, isOff));
  }

  /** A single device comes without its users. */
  async getDevice(deviceId: string): Promise<ListedDevice | undefined> {
    const device = await this.#get(ENDPOINTS.device, deviceId, readDevice);
    if (device === undefined) return undefined;
    const { template } = ENDPOINTS.usersOfDevice;
    const path = pathAbout(ENDPOINTS.usersOfDevice, segmentOf(deviceId));
    const users: DeviceUserRecord[] = [];
    for await (const page of asDispensable(this.#answers({ path, template, next: 'link' })))
      users.push(...wholeOf(readDeviceUsers(page.body), template));
    return { device, users };
  }

  async readOrg(): Promise<OrgRecord> {
    const { template } = ENDPOINTS.orgRecord;
    return recordOf(await this.#client.get(template, template), template, readOrg);
  }

  listCustomRoles(): AsyncGenerator<AssetPage<CustomRoleRecord>> {
    return asDispensable(asFeature(this.#rolePages(), [OktaNotFoundError]));
  }

  /** Its permissions are asked for: the org may not show a role by itself. */
  async hasCustomRole(roleId: string): Promise<boolean> {
    return (await this.#get(ENDPOINTS.permissionsOfRole, roleId, readPermissions)) !== undefined;
  }

  async *#rolePages(): AsyncGenerator<AssetPage<CustomRoleRecord>> {
    const { template } = ENDPOINTS.customRoles;
    const listing = { path: template, template, next: 'body', mostPages: MOST_PAGES } as const;
    for await (const page of this.#answers(listing)) {
      const roles = pageOf(wholeOf(readRoleList(page.body), template), page.at, readCustomRole);
      const entries: CustomRoleRecord[] = [];
      for (const role of roles.entries)
        entries.push({ ...role, permissions: await this.#permissionsOf(role.id) });
      yield { ...roles, entries };
    }
  }

  /** Without an answer the permissions are unknown, and the role is read all the same. */
  async #permissionsOf(roleId: string): Promise<readonly string[] | undefined> {
    try {
      return await this.#get(ENDPOINTS.permissionsOfRole, roleId, readPermissions);
    } catch (error) {
      if (gapReasonOf(error) === undefined) throw error;
      return undefined;
    }
  }

  /** One record; `undefined` is Okta's own 404. */
  async #get<T>(
    endpoint: Pick<Endpoint, 'template'>,
    assetId: string,
    read: Read<T>,
    complete = (path: string): string => path,
  ): Promise<T | undefined> {
    const id = segmentOf(assetId);
    const { template } = endpoint;
    try {
      const answer = await this.#client.get(complete(pathAbout(endpoint, id)), template);
      return recordOf(answer, template, read);
    } catch (error) {
      if (error instanceof OktaNotFoundError) return undefined;
      throw error;
    }
  }

  /** All that belongs to one asset. */
  #setOf<T>(
    endpoint: Paged,
    ownerId: string,
    read: Read<T>,
    sizes: Partial<Listing>,
  ): AsyncGenerator<AssetPage<T>> {
    const { template, page: limit } = endpoint;
    const path = `${pathAbout(endpoint, segmentOf(ownerId))}?limit=${limit}`;
    return asDispensable(this.#pages({ ...SIZES, ...sizes, path, template, next: 'link' }, read));
  }

  async *#pages<T>(listing: Listing, read: Read<T>): AsyncGenerator<AssetPage<T>> {
    for await (const page of this.#answers(listing)) yield pageOf(entriesOf(page, listing), page.at, read);
  }

  #answers(listing: Listing): AsyncGenerator<OktaAnswer> {
    return listPages(this.#client, listing, this.#org.ownHosts);
  }
}

const SIZES = { smallestLimit: SMALLEST_PAGE, mostPages: MOST_PAGES } as const;

/** A listing of the whole org. */
function listingOf({ template, page }: Paged, more: Readonly<Record<string, string>> = {}): Listing {
  const query = new URLSearchParams({ limit: String(page), ...more });
  return { ...SIZES, path: `${template}?${query.toString()}`, template, next: 'link' };
}

function pageOf<T>(entries: readonly unknown[], readAt: number, read: Read<T>): AssetPage<T> {
  const records: T[] = [];
  const unreadable: (string | undefined)[] = [];
  for (const entry of entries) {
    const record = read(entry);
    if (record === undefined) unreadable.push(idOf(entry));
    else records.push(record);
  }
  return { entries: records, unreadable, readAt };
}

/** A record that makes no sense is no proof that there is none. */
function recordOf<T>({ body }: OktaAnswer, template: string, read: Read<T>): T {
  const record = read(body);
  if (record !== undefined) return record;
  throw new OktaUnavailableError(`Okta's answer to GET ${template} is not the record it should be`);
}

function segmentOf(id: string): string {
  const part = segment(id);
  if (part !== undefined) return part;
  throw new OktaUnavailableError('the id of an asset cannot be part of a path');
}

/** A list of the whole org that is refused in one of these ways does not exist in it. */
async function* asFeature<T>(
  pages: AsyncIterable<T>,
  isOff: readonly (typeof OktaNotFoundError | typeof OktaRefusedQuestionError)[],
): AsyncGenerator<T> {
  let hasBegun = false;
  try {
    for await (const page of pages) {
      hasBegun = true;
      yield page;
    }
  } catch (error) {
    if (hasBegun || !isOff.some((Kind) => error instanceof Kind)) throw error;
    const why = error instanceof Error ? error.message : '';
    throw new OktaFeatureOffError(`this org does not offer it: ${why}`, { cause: error });
  }
}
