import type { Asset } from '../ports/assets.ts';
import { ENDPOINTS, type Endpoint } from '../okta/endpoints.ts';
import { listingCalls, sumOf, totalOf, type Calls } from './call-counts.ts';

/** The facts that the calls for assets depend on. */
export interface PlannedAssets {
  readonly wanted: ReadonlySet<Asset>;
  readonly appUsers: 'auto' | 'all' | 'off';
  readonly apps: number;
  /** Those whose assignments carry roles, which are told by application only. */
  readonly appsWithRoles: number;
  /** Groups that have applications; `undefined` where the list of groups does not say it of all. */
  readonly groupsWithApps: number | undefined;
  /** Applications that the group Everyone has; `undefined` where that is not known. */
  readonly appsOfEveryone: number | undefined;
  readonly rules: number;
  readonly devices: number;
  /** The number of devices is not counted: one for each user is assumed. */
  readonly isGuess: boolean;
}

export const ASSET_QUESTIONS = ['apps', 'app-groups', 'app-users', 'rules', 'devices', 'org'] as const;
export type AssetQuestion = (typeof ASSET_QUESTIONS)[number];

interface PlannedAsset {
  readonly question: AssetQuestion;
  readonly way: string;
  readonly why: string;
  readonly calls: Calls;
  readonly alternatives: readonly { readonly way: string; readonly calls: number }[];
}

/** Each question about assets of a full run, with its calls when nothing fails. */
export function planAssets(facts: PlannedAssets, users: number): readonly PlannedAsset[] {
  const { wanted } = facts;
  const ofApps = wanted.has('apps') ? [list('apps', facts.apps, ENDPOINTS.apps), appGroups(facts)] : [];
  const guess = facts.isGuess ? 'about one device a user is assumed' : 'with their users';
  return [
    ...ofApps,
    ...(wanted.has('app-users') ? [appUsers(facts, users)] : []),
    ...(wanted.has('rules') ? [list('rules', facts.rules, ENDPOINTS.rules, 'in every run')] : []),
    ...(wanted.has('devices') ? [list('devices', facts.devices, ENDPOINTS.devices, guess)] : []),
    ...(wanted.has('org') ? [org()] : []),
  ];
}

function list(
  question: AssetQuestion,
  entries: number,
  endpoint: Endpoint & { readonly page: number },
  why = 'all of them, since Okta cannot be asked for changed ones',
): PlannedAsset {
  const way = `in pages of ${endpoint.page}`;
  return { question, way, why, calls: listingCalls(endpoint, entries), alternatives: [] };
}

/** By group, an application with roles is asked by application all the same. */
function appGroups({ apps, appsWithRoles, groupsWithApps }: PlannedAssets): PlannedAsset {
  const byApp = { way: 'by application', calls: apps };
  const shared = { question: 'app-groups', alternatives: [] } as const;
  if (groupsWithApps === undefined) {
    const why = 'not every group tells how many applications it has';
    return { ...shared, way: byApp.way, why, calls: new Map([[ENDPOINTS.groupsOfApp.template, apps]]) };
  }
  const calls = new Map([
    [ENDPOINTS.appsOfGroup.template, groupsWithApps],
    [ENDPOINTS.groupsOfApp.template, appsWithRoles],
  ]);
  const byGroup = { way: 'by group', calls: groupsWithApps + appsWithRoles };
  const why = 'access through groups then needs no call a user';
  if (byApp.calls <= byGroup.calls) {
    const ofApps = new Map([[ENDPOINTS.groupsOfApp.template, apps]]);
    return { ...shared, way: byApp.way, why, calls: ofApps, alternatives: [byGroup] };
  }
  return { ...shared, way: byGroup.way, why, calls: sumOf([calls]), alternatives: [byApp] };
}

/** An application takes one call at least; one that everybody has takes a call for each page of all users. */
function appUsers(
  { apps, appsOfEveryone = 0, appUsers: choice }: PlannedAssets,
  users: number,
): PlannedAsset {
  const others = Math.max(0, apps - appsOfEveryone);
  const pages = totalOf(listingCalls(ENDPOINTS.usersOfApp, users));
  const ofAll = others + Math.min(apps, appsOfEveryone) * pages;
  const asked = { auto: others, all: ofAll, off: 0 }[choice];
  const ways = {
    auto: 'applications that Everyone does not have',
    all: 'all applications',
    off: 'not at all',
  };
  return {
    question: 'app-users',
    way: ways[choice],
    why: `APP_USERS=${choice}; at least one call an application, up to ${ENDPOINTS.usersOfApp.page} users a call`,
    calls: sumOf([new Map([[ENDPOINTS.usersOfApp.template, asked]])]),
    alternatives: choice === 'auto' ? [{ way: ways.all, calls: ofAll }] : [],
  };
}

/** The permissions of each custom role come on top. */
function org(): PlannedAsset {
  const calls = new Map([
    [ENDPOINTS.orgRecord.template, 1],
    [ENDPOINTS.customRoles.template, 1],
  ]);
  return {
    question: 'org',
    way: 'once',
    why: 'and its custom roles, one more call each',
    calls,
    alternatives: [],
  };
}
