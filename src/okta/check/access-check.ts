import type { Check, Trouble } from '../../ports/checks.ts';
import type { MfaRule } from '../../enrich/mfa.ts';
import { ConnectorError, OktaAuthError, OktaForbiddenError } from '../../ports/errors.ts';
import type { Asset } from '../../ports/assets.ts';
import type { Lookup } from '../../ports/org.ts';
import { checkAssets } from './asset-checks.ts';
import { checkAddress, type AddressParts, type Pipeline } from './address-check.ts';
import type { CheckLimits } from './check-limits.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { howToRenew, type CredentialKind } from '../auth/grants.ts';
import {
  FACTORS_CHECK,
  GROUPS_CHECK,
  OTHER_CHECKS,
  type LookupCheck,
  type Subjects,
} from './lookup-checks.ts';
import { checkMfaRule } from './mfa-check.ts';
import { checkRates } from './rate-check.ts';
import { failureOf, firstId, readOnce, troubleOf } from './reads.ts';

const { template: USERS } = ENDPOINTS.users;
const NOTHING = 'no run is possible: the list of users is what everything starts from';

export interface AccessParts extends AddressParts {
  readonly client: Pick<OktaClient, 'get'>;
  /** The limits of the client. */
  readonly limits: Pick<CheckLimits, 'seen'>;
  readonly credential: CredentialKind;
  readonly lookups: ReadonlySet<Lookup>;
  readonly assets: ReadonlySet<Asset>;
  readonly userSearch: string | undefined;
  /** The share of each bucket that runs may spend. */
  readonly share: number;
  readonly mfaRule: MfaRule;
  /** May the check ask for the factors of 20 users? */
  readonly mayAskMany: boolean;
}

/**
 * Okta's half of "Test connector": address, credential, each permission by one cheap read, and budget. Yields each
 * check as soon as it is known, and ends after one that makes the rest pointless. Throws on abort.
 */
export async function* checkAccess(parts: AccessParts): AsyncGenerator<Check> {
  const address = await checkAddress(parts);
  yield* address.checks;
  if (!address.isOrg) return;
  const answer = await readOnce(parts.client, `${USERS}?limit=1`, USERS);
  const users = usersChecks(answer, parts.credential);
  yield* users.checks;
  if (users.isEnd) return;
  if (parts.userSearch !== undefined && !(answer instanceof ConnectorError)) {
    yield await userSearchCheck(parts, parts.userSearch);
  }
  yield* lookupChecks(parts, address.pipeline, users.user);
}

interface UsersRead {
  readonly checks: readonly Check[];
  /** True when no other question would be answered either. */
  readonly isEnd: boolean;
  readonly user?: string | undefined;
}

/** One read answers two questions: is the credential accepted, and may it list users? */
function usersChecks(answer: OktaAnswer | ConnectorError, credential: CredentialKind): UsersRead {
  const asCredential = { code: 'okta_credential', title: 'Credential' } as const;
  const asUsers = { code: 'okta_users', title: 'Users' } as const;
  if (answer instanceof OktaAuthError) {
    const cost = 'nothing can be read; no other permission was asked for';
    return { checks: [failureOf(asCredential, answer, cost, howToRenew(credential))], isEnd: true };
  }
  const what = credential === 'token' ? 'the API token is accepted' : 'the service app gets its tokens';
  const accepted: Check = { ...asCredential, status: 'passed', detail: what };
  if (answer instanceof OktaForbiddenError) {
    return { checks: [accepted, failureOf(asUsers, answer, NOTHING)], isEnd: false };
  }
  if (answer instanceof ConnectorError) {
    return { checks: [failureOf(asUsers, answer, NOTHING)], isEnd: true };
  }
  const user = firstId(answer);
  if (user !== undefined) {
    return {
      checks: [accepted, { ...asUsers, status: 'passed', detail: 'may be listed' }],
      isEnd: false,
      user,
    };
  }
  const empty: Trouble = {
    ...asUsers,
    status: 'warning',
    detail: 'may be listed, but the list is empty',
    cost: 'a run reads nobody',
    todo: 'see whether the admin role is limited to a resource set or to groups: Okta then leaves out all others, without saying so',
  };
  return { checks: [accepted, empty], isEnd: false };
}

async function userSearchCheck({ client }: AccessParts, search: string): Promise<Check> {
  const shared = { code: 'okta_user_search', title: 'OKTA_USER_SEARCH' } as const;
  const query = new URLSearchParams({ limit: '1', search: `(${search})` });
  const answer = await readOnce(client, `${USERS}?${query.toString()}`, USERS);
  if (answer instanceof ConnectorError) {
    return failureOf(
      shared,
      answer,
      NOTHING,
      'check the expression in OKTA_USER_SEARCH: names are case-sensitive',
    );
  }
  if (firstId(answer) !== undefined) return { ...shared, status: 'passed', detail: 'finds users' };
  return {
    ...shared,
    status: 'warning',
    detail: 'Okta understands the expression, but it finds nobody',
    cost: 'a run reads nobody',
    todo: 'check names and values in OKTA_USER_SEARCH',
  };
}

async function* lookupChecks(
  parts: AccessParts,
  pipeline: Pipeline,
  user: string | undefined,
): AsyncGenerator<Check> {
  const groups = await lookupCheck(parts, GROUPS_CHECK, { user, group: undefined });
  yield groups.check;
  const subjects: Subjects = { user, group: groups.id };
  let mayReadFactors = false;
  for (const each of OTHER_CHECKS) {
    const { check, isAnswered } = await lookupCheck(parts, each, subjects);
    yield check;
    if (each === FACTORS_CHECK) mayReadFactors = isAnswered;
  }
  yield* checkAssets(parts);
  yield checkRates(parts.limits.seen, parts.share);
  if (parts.mayAskMany && mayReadFactors && pipeline === 'idx' && parts.mfaRule === 'any') {
    yield await checkMfaRule(parts.client, spareCalls(parts));
  }
}

interface LookupRead {
  readonly check: Check;
  readonly isAnswered: boolean;
  readonly id?: string | undefined;
}

async function lookupCheck(parts: AccessParts, asked: LookupCheck, subjects: Subjects): Promise<LookupRead> {
  const { code, title, template, lookups, cost } = asked;
  const shared = { code, title };
  if (lookups.length > 0 && !lookups.some((lookup) => parts.lookups.has(lookup))) {
    const detail = `switched off by LOOKUPS (${lookups.join(', ')}): not asked`;
    return { check: { ...shared, status: 'passed', detail }, isAnswered: false };
  }
  const path = asked.path(subjects);
  if (path === undefined) {
    const detail = `could not be tried: there is no ${template.includes('users') ? 'user' : 'group'} to ask about`;
    const todo = 'put right what is said of users and groups above, then test again';
    return { check: { ...shared, status: 'warning', detail, cost, todo }, isAnswered: false };
  }
  const answer = await readOnce(parts.client, path, template);
  if (answer instanceof ConnectorError) {
    return { check: troubleOf(asked, answer, parts.credential), isAnswered: false };
  }
  const detail =
    code === 'okta_log' ? 'may be read: incremental runs see changes of factors and roles' : 'may be read';
  return { check: { ...shared, status: 'passed', detail }, isAnswered: true, id: firstId(answer) };
}

/** A test keeps to the share too. */
function spareCalls({ limits, share }: AccessParts): number {
  const rate = limits.seen.get(FACTORS_CHECK.template);
  return rate === undefined ? Number.MAX_SAFE_INTEGER : Math.floor(rate.remaining * share);
}
