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
  type EventHook,
  type HooksDoor,
} from '../../compose/hooks/registration.ts';
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
import { addressNotes, nameNotes, othersNotes, pathNotes, secretNotes } from './hooks-notes.ts';
import { serveChallenges } from './hooks-serve.ts';
import { receiverUrl, urlFault } from './hooks-url.ts';

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
      ? [{ name, problem: `means nothing to ${action}`, hint: `it goes with ${of.join(' and ')}` }]
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
  if (url === undefined) throw urlFault('is missing');
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
  const { hook: registered, did, refused } = await registerHook(hooks, found, wish);
  const { hook, failure } = await verifyAt(prepared, hooks, registered);
  const told = [
    ...notes,
    ...secretNotes(prepared, { secret, newFile: isNew ? secretFile : undefined }),
    // Where the verification has failed, its cause says the same.
    ...(failure.failure === undefined ? await addressNotes(prepared, url) : []),
    ...pathNotes(prepared, url),
    ...nameNotes(found, wish.name),
    ...othersNotes(others),
  ];
  const outcome = { ...outcomeOf(prepared, hook), ...failure, did, refused, notes: told };
  return finish(prepared, outcome, { json, secret: secret.reveal() });
}

function verifyHook(prepared: PreparedCommand, options: HooksOptions, url: URL | undefined): Promise<number> {
  return onOurHook(prepared, options, url, async (hooks, found) => {
    const { hook, failure } = await verifyAt(prepared, hooks, found);
    const did = failure.failure === undefined ? 'verified' : 'nothing';
    return { ...outcomeOf(prepared, hook), ...failure, did, notes: hook.isActive ? [] : [NOT_ACTIVE] };
  });
}

function deleteHook(prepared: PreparedCommand, options: HooksOptions, url: URL | undefined): Promise<number> {
  return onOurHook(prepared, options, url, async (hooks, hook) => {
    if (hook.isActive) await hooks.deactivate(hook.id);
    await hooks.delete(hook.id);
    return { ...outcomeOf(prepared, { ...hook, isActive: false }), did: 'deleted' };
  });
}

/** Does something to the hook that is meant, and tells what came of it; where there is none, says so. */
async function onOurHook(
  prepared: PreparedCommand,
  { json }: HooksOptions,
  url: URL | undefined,
  act: (hooks: HooksDoor['hooks'], hook: EventHook) => Promise<HookResult>,
): Promise<number> {
  const { hooks } = await openHooks(prepared, 'manage');
  const [found, ...others] = oneOf(await hooks.list(), url);
  if (found === undefined) return finish(prepared, nothingThere(prepared, url), { json });
  const outcome = await act(hooks, found);
  return finish(prepared, { ...outcome, notes: [...outcome.notes, ...othersNotes(others)] }, { json });
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
  throw urlFault(`is needed: this org has several hooks of okta-ocsf (${urls})`);
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
