/** Which roles of AWS an assignment gives (org-graph section 3.3). */

export interface AwsRole {
  readonly key: string;
  readonly name: string;
}

const ACCOUNT = /arn:aws:iam::(\d{12}):/u;

/** The account that an application stands for; `undefined`: it is none, or of another partition of AWS. */
export function awsAccountOf(
  environment: string | undefined,
  identityProviderArn: string | undefined,
): string | undefined {
  return environment === 'aws.amazon' ? ACCOUNT.exec(identityProviderArn ?? '')?.[1] : undefined;
}

/** `Account alias -- Role`, with the alias perhaps in brackets, names an account by its alias. */
const BY_ALIAS = /^[[(]?(.*?)[\])]?\s+--\s+(.+)$/u;

/** The whole name of a role, of whichever account; the provider's may stand beside it. */
const ARN = /arn:[\w-]+:iam::\d{12}:role\/([^\s,]+)/u;

export function awsRoleOf(value: string, account: string): AwsRole {
  const whole = ARN.exec(value);
  if (whole !== null) return { key: whole[0], name: whole[1] ?? '' };
  const found = BY_ALIAS.exec(value.trim());
  if (found === null) {
    const name = value.trim();
    return { key: `arn:aws:iam::${account}:role/${name}`, name };
  }
  const [, alias = '', name = ''] = found;
  return { key: `aws_iam_role:${alias.trim()}:${name.trim()}`, name: name.trim() };
}

/** The roles that an assignment names: its SAML roles, else its one role. */
export function awsRoleNames(
  samlRoles: readonly string[] | undefined,
  role: string | undefined,
): readonly string[] {
  if (samlRoles !== undefined && samlRoles.length > 0) return samlRoles;
  return role === undefined ? [] : [role];
}
