import type { ClientKey, DpopMode } from '../ports/credential.ts';
import { ConfigError, type SettingFault } from '../ports/errors.ts';
import type { CredentialSettings } from './credential.ts';
import { facts } from './facts.ts';
import { fromAnyText, fromText } from './parsed.ts';
import { privateKeys, type PrivateKeys } from './private-key.ts';
import type { Secret } from './secret.ts';
import * as values from './values.ts';

/** The credential that manages event hooks. Only the command `hooks` reads these, whatever is written in them. */
export const HOOKS_CREDENTIAL_SETTINGS = {
  oktaHooksApiToken: fromText(values.headerSecret('SSWS')).optional().register(facts, {
    name: 'OKTA_HOOKS_API_TOKEN',
    readBy: 'hooks',
    isSecret: true,
    description:
      'the SSWS token with which the command hooks manages event hooks; or a service app by the next three',
    allowed: 'plain ASCII without spaces; without "SSWS" in front',
    example: '00hOoK...',
  }),
  oktaHooksClientId: fromText(values.pathSegment).optional().register(facts, {
    name: 'OKTA_HOOKS_CLIENT_ID',
    readBy: 'hooks',
    description: 'the Client ID of a service app for this, with the scope okta.eventHooks.manage',
    allowed: 'an id of letters, digits and hyphens',
    example: '0oa9h8g7F6E5D4C3B2A1',
  }),
  oktaHooksPrivateKey: fromAnyText(privateKeys).optional().register(facts, {
    name: 'OKTA_HOOKS_PRIVATE_KEY',
    readBy: 'hooks',
    isSecret: true,
    description: 'its private key, in the forms of OKTA_PRIVATE_KEY',
    allowed: 'one key or two; RSA of at least 2048 bits, or EC',
    example: '-----BEGIN PRIVATE KEY-----...',
  }),
  oktaHooksKeyId: fromText(values.keyIds).optional().register(facts, {
    name: 'OKTA_HOOKS_KEY_ID',
    readBy: 'hooks',
    description: "the key's KID in Okta, unless the JWK names it",
    allowed: 'one id, or two separated by a comma',
    example: 'kT4x0vQ2pXc',
  }),
};

const TOKEN = 'OKTA_HOOKS_API_TOKEN';
const APP = 'OKTA_HOOKS_CLIENT_ID';
const KEY = 'OKTA_HOOKS_PRIVATE_KEY';
const ONE_WAY =
  'keep one of the two ways: an API token, or a service app by OKTA_HOOKS_CLIENT_ID and OKTA_HOOKS_PRIVATE_KEY';

interface HooksParts {
  readonly oktaHooksApiToken?: Secret | undefined;
  readonly oktaHooksClientId?: string | undefined;
  readonly oktaHooksPrivateKey?: PrivateKeys | undefined;
  readonly oktaHooksKeyId?: readonly string[] | undefined;
  readonly oktaDpop: DpopMode;
}

/** The credential of the command `hooks`. Throws `ConfigError` where there is none, or two. */
export function hooksCredentialOf(settings: HooksParts): CredentialSettings {
  const { oktaHooksApiToken: token, oktaHooksClientId: clientId, oktaHooksPrivateKey: key } = settings;
  const isApp = clientId !== undefined || key !== undefined;
  if (token !== undefined && !isApp) return { kind: 'token', token };
  if (token !== undefined) throw fault(TOKEN, 'is set together with a service app', ONE_WAY);
  if (!isApp) {
    const hint = `for example ${TOKEN}_FILE=/run/secrets/okta_hooks_api_token; the credential of runs is not used for this`;
    throw fault(TOKEN, 'is missing: event hooks are managed with a credential of their own', hint);
  }
  if (clientId === undefined)
    throw fault(APP, 'is missing: a service app needs it', `for example ${APP}=0oa9h8g7F6E5D4C3B2A1`);
  if (key === undefined)
    throw fault(
      KEY,
      'is missing: a service app needs it',
      `for example ${KEY}_FILE=/run/secrets/okta_hooks_key`,
    );
  const ids = settings.oktaHooksKeyId ?? [];
  const keys = key.keys.flatMap((each, at): ClientKey[] => {
    const id = ids[at] ?? each.id;
    return id === undefined ? [] : [{ ...each, id }];
  });
  if (keys.length < key.keys.length || ids.length > keys.length)
    throw fault(
      'OKTA_HOOKS_KEY_ID',
      'must name each key that does not name itself, and no more',
      "give the key's KID, shown beside it in the app's General tab under Public Keys",
    );
  return { kind: 'service-app', clientId, keys, dpop: settings.oktaDpop };
}

function fault(name: string, problem: string, hint: string): ConfigError {
  const one: SettingFault = { name, problem, hint };
  return new ConfigError([one]);
}
