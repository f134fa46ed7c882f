import type { Asset } from '../../ports/assets.ts';
import type { Check } from '../../ports/checks.ts';
import {
  ConnectorError,
  OktaFeatureOffError,
  OktaNotFoundError,
  OktaRefusedQuestionError,
} from '../../ports/errors.ts';
import type { CredentialKind } from '../auth/grants.ts';
import type { OktaClient } from '../client.ts';
import { ENDPOINTS, pathAbout, type Endpoint } from '../endpoints.ts';
import { segment } from '../read/paths.ts';
import type { LookupCheck } from './lookup-checks.ts';
import { firstId, readOnce, troubleOf } from './reads.ts';

/** One question about assets, asked once in a cheap way where one of them is wanted. */
export interface AssetCheck extends Pick<LookupCheck, 'code' | 'title' | 'template' | 'grant' | 'cost'> {
  readonly assets: readonly Asset[];
  /** @param app the id of an application, where one is known */
  readonly path: (app: string | undefined) => string | undefined;
  /** A 400 too says that the org does not have it. */
  readonly isOffBy400?: true;
}

const APPS: AssetCheck = {
  ...factsOf(ENDPOINTS.apps),
  code: 'okta_apps',
  title: 'Applications',
  path: () => `${ENDPOINTS.apps.template}?limit=1`,
  cost: 'asset apps: applications are not read, and so nothing that belongs to them',
};

export const ASSET_CHECKS: readonly AssetCheck[] = [
  APPS,
  {
    ...factsOf(ENDPOINTS.groupsOfApp),
    code: 'okta_app_groups',
    title: 'Groups of an application',
    path: (app) => pathOf(ENDPOINTS.groupsOfApp, app, 20),
    cost: 'asset apps: it is not known which groups open which applications',
  },
  {
    ...factsOf(ENDPOINTS.usersOfApp),
    code: 'okta_app_users',
    title: 'Users of an application',
    path: (app) => pathOf(ENDPOINTS.usersOfApp, app, 1),
    cost: 'asset app-users: assignments that come through no group are not known',
  },
  {
    ...factsOf(ENDPOINTS.rules),
    code: 'okta_rules',
    title: 'Group rules',
    path: () => `${ENDPOINTS.rules.template}?limit=1`,
    isOffBy400: true,
    cost: 'asset rules: group rules are not read',
  },
  {
    ...factsOf(ENDPOINTS.devices),
    code: 'okta_devices',
    title: 'Devices',
    path: () => `${ENDPOINTS.devices.template}?limit=1`,
    isOffBy400: true,
    cost: 'asset devices: devices are neither read nor sent',
  },
  {
    ...factsOf(ENDPOINTS.orgRecord),
    code: 'okta_org',
    title: 'The org itself',
    path: () => ENDPOINTS.orgRecord.template,
    cost: 'asset org: the name and the state of the org are not known',
  },
  {
    ...factsOf(ENDPOINTS.customRoles),
    code: 'okta_custom_roles',
    title: 'Custom admin roles',
    path: () => ENDPOINTS.customRoles.template,
    cost: 'asset org: the permissions of custom roles are not known',
  },
];

function factsOf({ template, grant, assets }: Pick<AssetCheck, 'template' | 'grant' | 'assets'>) {
  return { template, grant, assets };
}

function pathOf(endpoint: Pick<Endpoint, 'template'>, app: string | undefined, limit: number) {
  const id = app === undefined ? undefined : segment(app);
  return id === undefined ? undefined : `${pathAbout(endpoint, id)}?limit=${limit}`;
}

export interface AssetCheckParts {
  readonly client: Pick<OktaClient, 'get'>;
  readonly credential: CredentialKind;
  readonly assets: ReadonlySet<Asset>;
}

/** Tries each wanted asset by one read. An org that does not have it is no trouble: nothing is missing then. */
export async function* checkAssets(parts: AssetCheckParts): AsyncGenerator<Check> {
  let app: string | undefined;
  for (const asked of ASSET_CHECKS) {
    if (!asked.assets.some((asset) => parts.assets.has(asset))) continue;
    const { check, id } = await assetCheck(parts, asked, app);
    yield check;
    if (asked === APPS) app = id;
  }
}

async function assetCheck(
  { client, credential }: AssetCheckParts,
  asked: AssetCheck,
  app: string | undefined,
): Promise<{ readonly check: Check; readonly id?: string | undefined }> {
  const { code, title, template, isOffBy400 } = asked;
  const passed = { code, title, status: 'passed' } as const;
  const path = asked.path(app);
  if (path === undefined)
    return { check: { ...passed, detail: 'not tried: no application was found to ask about' } };
  const answer = await readOnce(client, path, template);
  if (!(answer instanceof ConnectorError))
    return { check: { ...passed, detail: 'may be read' }, id: firstId(answer) };
  const isOff =
    answer instanceof OktaFeatureOffError ||
    answer instanceof OktaNotFoundError ||
    (isOffBy400 === true && answer instanceof OktaRefusedQuestionError);
  if (!isOff) return { check: troubleOf(asked, answer, credential) };
  const detail = `not there: this org does not answer GET ${template}, so that there is nothing to read`;
  return { check: { ...passed, detail } };
}
