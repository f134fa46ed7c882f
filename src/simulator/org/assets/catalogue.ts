import type { Json, JsonObject } from '../../json.ts';
import { planted } from './planted.ts';

/** An application as Okta's catalogue has it; every app of a kind has these. */
export interface AppKind {
  /** Its key in the catalogue. */
  readonly name: string;
  readonly label: string;
  readonly signOnMode: string | null;
  /** Of an app that signs in with OpenID Connect. */
  readonly clientType?: 'service' | 'web' | 'native' | 'browser';
  readonly features?: readonly string[];
  /** `settings.app`, beside what an AWS account adds. */
  readonly settings?: JsonObject;
  /** `settings.app` names an account of AWS. */
  readonly isAws?: true;
  readonly status?: 'INACTIVE';
  /** Everybody has it without an assignment. */
  readonly isImplicit?: true;
  readonly isHidden?: true;
  /** Okta neither lists it nor answers when asked for it alone. */
  readonly isUnlisted?: true;
  readonly credentials?: JsonObject;
}

const PROVISIONING = ['PUSH_NEW_USERS', 'PUSH_USER_DEACTIVATION', 'GROUP_PUSH'];

const oidc = (clientType: AppKind['clientType'], label: string): AppKind => ({
  name: 'oidc_client',
  label,
  signOnMode: 'OPENID_CONNECT',
  ...(clientType === undefined ? {} : { clientType }),
});

const aws = (label: string): AppKind => ({
  name: 'amazon_aws',
  label,
  signOnMode: 'SAML_2_0',
  isAws: true,
  settings: {
    sessionDuration: 3_600,
    joinAllRoles: true,
    loginURL: 'https://console.aws.amazon.com/ec2/home',
  },
});

/** Apps come up in this order, so that a small org has the kinds that differ most. */
export const APP_KINDS: readonly AppKind[] = [
  { name: 'payroll_saml', label: 'Payroll', signOnMode: 'SAML_2_0', features: PROVISIONING },
  aws('AWS production'),
  oidc('web', 'Expenses'),
  {
    name: 'template_swa',
    label: 'Supplier portal',
    signOnMode: 'AUTO_LOGIN',
    status: 'INACTIVE',
    credentials: {
      scheme: 'SHARED_USERNAME_AND_PASSWORD',
      userName: planted('shared-user-name'),
      password: { value: planted('shared-password') },
    },
  },
  oidc('service', 'Nightly jobs'),
  {
    name: 'office365',
    label: 'Office 365',
    signOnMode: 'WS_FEDERATION',
    features: [...PROVISIONING, 'IMPORT_NEW_USERS'],
    settings: { domain: 'example.com', msftTenant: 'example', domains: [{ name: 'example.com' }] },
  },
  {
    name: 'active_directory',
    label: 'corp.example.net',
    signOnMode: null,
    settings: { namingContext: 'DC=corp' },
  },
  {
    name: 'githubcloud',
    label: 'GitHub',
    signOnMode: 'SAML_2_0',
    settings: { githubOrg: 'example', baseUrl: 'https://github.com/example' },
  },
  oidc('native', 'Field app'),
  aws('AWS sandbox'),
  { name: 'bookmark', label: 'Wiki', signOnMode: 'BOOKMARK', settings: { url: 'https://wiki.example.com' } },
  oidc('browser', 'Lunch menu'),
  { name: 'template_basic_auth', label: 'Old intranet', signOnMode: 'BASIC_AUTH', isHidden: true },
  { name: 'amazon_aws_sso', label: 'AWS Identity Center', signOnMode: 'SAML_2_0', features: ['GROUP_PUSH'] },
  { name: 'okta_enduser', label: 'Okta Dashboard', signOnMode: 'OPENID_CONNECT', isImplicit: true },
  {
    name: 'template_sps',
    label: 'Über-Büro, "1&1" <Köln>',
    signOnMode: 'SECURE_PASSWORD_STORE',
    settings: { subDomain: 'büro', buttonField: 'login' },
  },
];

/** Named by assignments and events only. */
export const UNLISTED_KIND: AppKind = {
  name: 'okta_iga',
  label: 'Okta Identity Governance',
  signOnMode: 'OPENID_CONNECT',
  isUnlisted: true,
};

/** Secrets that Okta answers with; nobody may keep them. */
export function credentialsOf(kind: AppKind, clientId: string): Json {
  const signing = { kid: planted('signing-key-id'), lastRotated: '2026-01-01T00:00:00.000Z', use: 'sig' };
  if (kind.clientType === undefined)
    return {
      scheme: planted('scheme'),
      userNameTemplate: { template: '${source.login}', type: 'BUILT_IN' },
      signing,
      ...kind.credentials,
    };
  return {
    signing,
    oauthClient: {
      client_id: clientId,
      client_secret: planted('client-secret'),
      autoKeyRotation: true,
      token_endpoint_auth_method: 'client_secret_basic',
      pkce_required: kind.clientType !== 'service',
    },
  };
}
