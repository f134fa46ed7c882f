import type { ClientKey, CredentialOf, DpopMode } from '../ports/credential.ts';
import { ConfigError, type SettingFault } from '../ports/errors.ts';
import type { Given } from './given.ts';
import { privateKeys, type PrivateKeys } from './private-key.ts';
import type { Secret } from './secret.ts';

/** Are tokens bound to a key of ours? `auto`: when Okta asks for it. */
export const DPOP_MODES = ['auto', 'always', 'never'] as const;

/** When any of these is set, the credential is a service app. */
export const SERVICE_APP_NAMES = ['OKTA_CLIENT_ID', 'OKTA_PRIVATE_KEY', 'OKTA_KEY_ID'] as const;

const TOKEN = 'OKTA_API_TOKEN';
const ONE_WAY = 'keep one of the two ways: an API token, or a service app';

/** One of the two ways to authenticate at Okta. */
export type CredentialSettings = CredentialOf<Secret>;

interface CredentialParts {
  readonly oktaApiToken?: Secret | undefined;
  readonly oktaClientId?: string | undefined;
  readonly oktaPrivateKey?: PrivateKeys | undefined;
  readonly oktaKeyId?: readonly string[] | undefined;
  readonly oktaDpop: DpopMode;
}

/** The way to authenticate that these valid settings choose. */
export function credentialOf(settings: CredentialParts): CredentialSettings {
  const { oktaApiToken: token, oktaClientId: clientId, oktaPrivateKey, oktaKeyId = [], oktaDpop } = settings;
  if (token !== undefined) return { kind: 'token', token };
  const keys = (oktaPrivateKey?.keys ?? []).flatMap((key, index): ClientKey[] => {
    const id = oktaKeyId[index] ?? key.id;
    return id === undefined ? [] : [{ ...key, id }];
  });
  if (clientId !== undefined && keys.length > 0) {
    return { kind: 'service-app', clientId, keys, dpop: oktaDpop };
  }
  throw new ConfigError([{ name: TOKEN, problem: 'is missing', hint: ONE_WAY }]);
}

/** Mistakes in the choice between the two ways, each under the setting that reports it. */
export function credentialFaults(given: ReadonlyMap<string, Given>): ReadonlyMap<string, SettingFault> {
  const faults = new Map<string, SettingFault>();
  const used = SERVICE_APP_NAMES.filter((name) => given.has(name));
  if (used.length === 0) return faults;
  const token = given.get(TOKEN);
  if (token !== undefined) {
    const problem = `is set together with ${used.map((name) => given.get(name)?.from ?? name).join(', ')}`;
    faults.set(TOKEN, { name: token.from, problem, hint: ONE_WAY });
    return faults;
  }
  for (const name of ['OKTA_CLIENT_ID', 'OKTA_PRIVATE_KEY'] as const) {
    if (!given.has(name)) faults.set(name, missing(name));
  }
  const problem = keyIdProblem(given);
  if (problem !== undefined) faults.set('OKTA_KEY_ID', problem);
  return faults;
}

function missing(name: 'OKTA_CLIENT_ID' | 'OKTA_PRIVATE_KEY'): SettingFault {
  const hint =
    name === 'OKTA_CLIENT_ID'
      ? "give the service app's Client ID, for example OKTA_CLIENT_ID=0oa1b2c3d4E5F6G7H8I9"
      : 'for example OKTA_PRIVATE_KEY_FILE=/run/secrets/okta_private_key';
  return { name, problem: 'is missing: a service app needs it', hint };
}

/** Each key needs the id by which Okta finds its public half. */
function keyIdProblem(given: ReadonlyMap<string, Given>): SettingFault | undefined {
  const parsed = privateKeys(given.get('OKTA_PRIVATE_KEY')?.text ?? '');
  if (parsed.kind === 'wrong') return undefined; // the key's own check reports it
  const { keys } = parsed.value;
  const written = given.get('OKTA_KEY_ID');
  const ids = written?.text?.split(',') ?? [];
  if (ids.length > keys.length) {
    const problem = `names ${ids.length} ids, but OKTA_PRIVATE_KEY holds ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`;
    return { name: written?.from ?? 'OKTA_KEY_ID', problem, hint: 'give one id a key, in their order' };
  }
  if (keys.every((key, index) => (ids[index] ?? key.id) !== undefined)) return undefined;
  return {
    name: 'OKTA_KEY_ID',
    problem:
      ids.length === 0 ? 'is missing: the key does not name itself' : 'names fewer ids than there are keys',
    hint: "give the key's KID, shown beside it in the app's General tab under Public Keys",
  };
}
