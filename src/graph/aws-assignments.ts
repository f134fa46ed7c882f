import type { GraphSource } from '../ports/graph.ts';
import { awsAccountOf, awsRoleNames, awsRoleOf, type AwsRole } from './aws-roles.ts';
import { count, key, member, text, texts } from './cells.ts';

/** A role of AWS that a user or a group gets by an application. */
export interface AwsAssignment {
  readonly holder: 'okta_user' | 'okta_user_group';
  readonly holderId: string;
  readonly appId: string;
  readonly role: AwsRole;
}

/**
 * Those of one holder follow each other. Assignments of users through a group count as well: Okta merges the group's
 * roles into them.
 */
export function* awsAssignments(
  source: GraphSource,
  only?: AwsAssignment['holder'],
): Generator<AwsAssignment> {
  const accounts = awsAccounts(source);
  if (accounts.size === 0) return;
  for (const [view, column, holder] of HOLDERS) {
    if (only !== undefined && holder !== only) continue;
    for (const row of source.rows(view, [column, 'app_id'])) {
      const appId = key(row, 'app_id');
      const account = accounts.get(appId);
      if (account === undefined) continue;
      for (const name of awsRoleNames(texts(row, 'saml_roles'), text(row, 'role')))
        yield { holder, holderId: key(row, column), appId, role: awsRoleOf(name, account) };
    }
  }
}

const HOLDERS = [
  ['aws_app_groups', 'group_id', 'okta_user_group'],
  ['aws_app_users', 'user_id', 'okta_user'],
] as const;

/** How many values that should name a role are no text. */
export function unreadableAwsRoles(source: GraphSource): number {
  const accounts = awsAccounts(source);
  let sum = 0;
  for (const [view, column] of HOLDERS)
    for (const row of accounts.size === 0 ? [] : source.rows(view, [column, 'app_id']))
      if (accounts.has(key(row, 'app_id'))) sum += count(row, 'unreadable_roles') ?? 0;
  return sum;
}

function awsAccounts(source: GraphSource): ReadonlyMap<string, string> {
  const accounts = new Map<string, string>();
  for (const row of source.rows('apps', ['id'])) {
    const environment = member(row, 'settings', 'awsEnvironmentType');
    const account = awsAccountOf(environment, member(row, 'settings', 'identityProviderArn'));
    if (account !== undefined) accounts.set(key(row, 'id'), account);
  }
  return accounts;
}
