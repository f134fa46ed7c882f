import {
  chosenTypes,
  defaultTypes,
  HookRefusedError,
  hookNameFor,
  hookTypes,
  lookAt,
  openHooks,
  ourHooks,
  registerHook,
  unreachableAddresses,
  type EventHook,
  type HooksDoor,
} from '../../compose/hook-registration.ts';
import { tellExposedSecrets, type PreparedCommand } from '../../compose/prepare.ts';
import { ConfigError } from '../../ports/errors.ts';
import { JSON_VERSION } from '../../ports/json-output.ts';
import { EXIT_DONE, EXIT_FAILED } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import { createScrubber } from '../../settings/secret.ts';
import { chooseSecret } from './hook-secret.ts';
import type { HookResult } from './hooks-json.ts';
import { factsOf, inUse, MOST_HOOKS, NOT_ACTIVE, statusOf } from './hooks-status.ts';
import { outcomeLines, statusLines, typeLines } from './hooks-text.ts';
import { serveChallenges } from './hooks-serve.ts';

export interface HooksOptions {
  readonly action: 'status' | 'create' | 'verify' | 'delete' | 'types';
  readonly url: string | undefined;
  readonly types: readonly string[] | undefined;
  readonly secretFile: string | undefined;
  /** Answers the challenge of the verification in this process. */
  readonly serve: boolean;
  readonly json: boolean;
}

/** Manages the event hooks of the org. Resolves with the exit code. */
export async function runHooks(prepared: PreparedCommand, options: HooksOptions): Promise<number> {
  refuseMisplaced(options);
  const url = options.url === undefined ? undefined : receiverUrl(options.url);
  switch (options.action) {
    case 'types':
      return printTypes(prepared, options);
    case 'status':
      return printStatus(prepared, options, url);
    case 'delete':
      return deleteHook(prepared, options, url);
    case 'create':
    case 'verify': {
      const close = options.serve ? await serveChallenges(prepared) : undefined;
      try {
        return await (options.action === 'create' ? createHook : verifyHook)(prepared, options, url);
      } finally {
        await close?.();
      }
    }
  }
}

/** An option that the action does not take would be passed over in silence. */
function refuseMisplaced({ action, types, secretFile, serve }: HooksOptions): void {
  const places = [
    { name: '--types', isGiven: types !== undefined, of: ['create', 'status'] },
    { name: '--secret-file', isGiven: secretFile !== undefined, of: ['create'] },
    { name: '--serve', isGiven: serve, of: ['create', 'verify'] },
  ];
  const faults = places.flatMap(({ name, isGiven, of }) =>
    isGiven && !of.includes(action)
      ? [{ name, problem: `means nothing to ${action}`, hint: `it is of ${of.join(' and ')}` }]
      : [],
  );
  if (faults.length > 0) throw new ConfigError(faults);
}

async function createHook(
  prepared: PreparedCommand,
  { types: named, secretFile, json }: HooksOptions,
  url: URL | undefined,
): Promise<number> {
  const { settings } = prepared;
  if (url === undefined) throw urlFault('is missing', '--url');
  const { secret, isNew } = chooseSecret(secretFile, settings.hookSecrets);
  if (secretFile !== undefined && !prepared.secretFiles.includes(secretFile))
    tellExposedSecrets([secretFile], prepared.log);
  const { types, notes } = chosenTypes(named ?? defaultTypes(settings));
  const { hooks } = await openHooks(prepared, 'manage');
  const all = await hooks.list();
  const [found, ...others] = ourHooks(all, url);
  if (found === undefined) refuseMore(all);
  const wish = {
    name: hookNameFor(url),
    url: url.href,
    types,
    header: settings.hookHeader,
    secret: secret.reveal(),
  };
  const registered = await registerHook(hooks, found, wish);
  const { did, refused } = registered;
  const verified = await verifyAt(prepared, hooks, registered.hook);
  const { hookSecrets: given } = settings;
  const isForeign = given?.all.every((each) => each.reveal() !== secret.reveal()) === true;
  const told = [
    ...notes,
    ...(isForeign
      ? ['the secret of --secret-file is none of HOOK_SECRET: the worker refuses events until it has it']
      : []),
    ...(isNew ? [`a new secret is in ${secretFile ?? ''}: the worker needs it as HOOK_SECRET_FILE`] : []),
    ...(verified.failure.failure === undefined ? await addressNotes(prepared, url) : []),
    ...pathNotes(prepared, url),
    ...(found === undefined || found.name === wish.name
      ? []
      : [
          'the hook was known by its address and keeps its name: give --url to status, verify and delete, too',
        ]),
    ...othersNotes(others),
  ];
  const outcome = { ...outcomeOf(prepared, verified.hook), ...verified.failure, did, refused, notes: told };
  return finish(prepared, outcome, { json, secret: secret.reveal() });
}

async function verifyHook(
  prepared: PreparedCommand,
  { json }: HooksOptions,
  url: URL | undefined,
): Promise<number> {
  const { hooks } = await openHooks(prepared, 'manage');
  const [found, ...others] = oneOf(await hooks.list(), url);
  if (found === undefined) return finish(prepared, nothingThere(prepared, url), { json });
  const { hook, failure } = await verifyAt(prepared, hooks, found);
  const did = failure.failure === undefined ? 'verified' : 'nothing';
  const notes = [...(hook.isActive ? [] : [NOT_ACTIVE]), ...othersNotes(others)];
  const outcome: HookResult = { ...outcomeOf(prepared, hook), ...failure, did, notes };
  return finish(prepared, outcome, { json });
}

async function deleteHook(
  prepared: PreparedCommand,
  { json }: HooksOptions,
  url: URL | undefined,
): Promise<number> {
  const { hooks } = await openHooks(prepared, 'manage');
  const [found, ...others] = oneOf(await hooks.list(), url);
  if (found === undefined) return finish(prepared, nothingThere(prepared, url), { json });
  if (found.isActive) await hooks.deactivate(found.id);
  await hooks.delete(found.id);
  const gone = { ...found, isActive: false };
  const notes = othersNotes(others);
  return finish(prepared, { ...outcomeOf(prepared, gone), did: 'deleted', notes }, { json });
}

async function printStatus(
  prepared: PreparedCommand,
  { types: named, json }: HooksOptions,
  url: URL | undefined,
): Promise<number> {
  const door = await openHooks(prepared, 'look');
  const all = await door.hooks.list();
  const [hook, ...others] = oneOf(all, url);
  const { types: wanted, notes } = chosenTypes(named ?? defaultTypes(prepared.settings));
  const found = await statusOf(prepared, door, { all, hook, wanted });
  const nothing = hook === undefined && url !== undefined ? nothingThere(prepared, url).notes : [];
  const status = { ...found, notes: [...nothing, ...notes, ...found.notes, ...othersNotes(others)] };
  return print(prepared, json ? [JSON.stringify(status, null, 2)] : statusLines(status));
}

async function printTypes(prepared: PreparedCommand, { json }: HooksOptions): Promise<number> {
  const usual = new Set(defaultTypes(prepared.settings));
  const types = hookTypes(prepared.settings).map(({ type, isEligible, isUsed, why }) => ({
    type,
    eligible: isEligible,
    used: isUsed,
    default: usual.has(type),
    why,
  }));
  return print(
    prepared,
    json ? [JSON.stringify({ version: JSON_VERSION, types }, null, 2)] : typeLines(types),
  );
}

interface Verified {
  readonly hook: EventHook;
  readonly failure: Pick<HookResult, 'failure'>;
}

/** Lets Okta call the address. Where that fails, this machine looks for the cause. */
async function verifyAt(
  prepared: PreparedCommand,
  hooks: HooksDoor['hooks'],
  hook: EventHook,
): Promise<Verified> {
  try {
    return { hook: await hooks.verify(hook.id), failure: {} };
  } catch (thrown) {
    const url = URL.parse(hook.url);
    if (!(thrown instanceof HookRefusedError) || url === null) throw thrown;
    const cause = await lookAt(prepared, url);
    return { hook: { ...hook, isVerified: false }, failure: { failure: { ...cause, okta: thrown.reasons } } };
  }
}

function outcomeOf({ settings }: PreparedCommand, hook: EventHook | undefined): HookResult {
  const org = new URL(settings.oktaBaseUrl).host;
  return { version: JSON_VERSION, org, did: 'nothing', ...factsOf(hook), refused: [], notes: [] };
}

function nothingThere(prepared: PreparedCommand, url: URL | undefined): HookResult {
  const which = url === undefined ? 'of okta-ocsf' : `for ${url.href}`;
  return { ...outcomeOf(prepared, undefined), notes: [`there is no event hook ${which} in this org`] };
}

/**
 * The hook that is meant, and after it those that look like it. Several hooks of ours may belong to several workers, so one
 * must be named.
 */
function oneOf(all: readonly EventHook[], url: URL | undefined): readonly EventHook[] {
  const ours = ourHooks(all, url);
  if (url !== undefined || ours.length <= 1) return ours;
  const urls = ours.map((hook) => hook.url).join(', ');
  throw urlFault(`is needed: this org has several hooks of okta-ocsf (${urls})`, '--url');
}

function othersNotes(others: readonly EventHook[]): readonly string[] {
  return others.map(({ id, name }) => `another hook looks like ours, and was left as it is: ${id} (${name})`);
}

function refuseMore(all: readonly EventHook[]): void {
  const used = inUse(all);
  if (used < MOST_HOOKS) return;
  throw new HookRefusedError(
    'no hook was made',
    [`this org has ${used} active event hooks, and Okta allows no more`],
    'deactivate one that is no longer needed: Admin Console, Workflow > Event Hooks',
  );
}

/** The address must be one that Okta may call: https, or this machine for a simulated org. */
function receiverUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw urlFault('is no URL', '--url');
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere))
    throw urlFault('must be https: Okta calls no other', '--url');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw urlFault('holds more than host, port and path', '--url');
  return url;
}

function urlFault(problem: string, name: string): ConfigError {
  return new ConfigError([
    { name, problem, hint: 'for example --url https://hooks.example.com/okta/events' },
  ]);
}

/** Where the verification has failed, its cause says the same. */
async function addressNotes(prepared: PreparedCommand, url: URL): Promise<readonly string[]> {
  const [address] = await unreachableAddresses(prepared, url);
  if (address === undefined) return [];
  const here = url.hostname.includes(address) ? '' : `${address} here, `;
  return [`warning: ${url.hostname} is ${here}a private address, which Okta cannot reach`];
}

function pathNotes({ settings: { hookPath } }: PreparedCommand, { pathname }: URL): readonly string[] {
  if (pathname === hookPath) return [];
  return [`the path ${pathname} is not HOOK_PATH (${hookPath}): the proxy must hand it on as that one`];
}

interface Printing {
  readonly json: boolean;
  /** A secret that the settings do not hold, so nothing else hides it. */
  readonly secret?: string;
}

async function finish(
  prepared: PreparedCommand,
  outcome: HookResult,
  { json, secret = '' }: Printing,
): Promise<number> {
  const hide = createScrubber([secret]);
  const lines = json ? [JSON.stringify(outcome, null, 2)] : outcomeLines(outcome);
  await print(prepared, lines.map(hide));
  const { failure } = outcome;
  if (failure === undefined) return EXIT_DONE;
  const okta = failure.okta.length === 0 ? '' : ` Okta says: ${failure.okta.join('; ')}.`;
  const told = [`error: the hook is not verified. ${failure.says}${okta}`, `hint: ${failure.todo}`];
  prepared.world.err.write(told.map((line) => `${plainText(hide(line))}\n`).join(''));
  return EXIT_FAILED;
}

/** Texts from Okta are not trusted: they may hold characters that move a terminal's cursor. */
async function print({ world, live }: PreparedCommand, lines: readonly string[]): Promise<number> {
  await world.out(lines.map((line) => `${live.scrub(line)}\n`).join(''));
  return EXIT_DONE;
}
