import { join } from 'node:path';
import { Argument, InvalidArgumentError, type Command, type Option } from 'commander';
import * as z from 'zod';
import type { LoadOptions, Settings } from '../settings/load.ts';
import { exitCodeOfSignal, isStop, tellFailure } from '../process/failure.ts';
import type { RootLog } from '../ports/log.ts';
import {
  prepareCommand,
  tellExposedSecrets,
  tellWarnings,
  type PreparedCommand,
} from '../compose/prepare.ts';
import { writableByAll } from '../settings/exposed-files.ts';
import { findReferenceContext } from '../settings/reference-context.ts';
import type { World } from '../process/world.ts';

/**
 * The body of a command, run with valid settings; resolves with the exit code. An error that it throws is reported and
 * becomes an exit code.
 */
type Body<T> = (prepared: PreparedCommand, options: T) => Promise<number>;

/** The body of a command that reads no settings, because it never meets a real org. */
type LoneBody<T> = (world: World, options: T) => Promise<number>;

interface LoneSpec<T> {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
  /** The argument that may follow the command's name; it becomes an option of that name. */
  readonly argument?: Omit<ArgumentSpec, 'choices' | 'isOptional'>;
  /** Turns commander's options, already checked one by one, into the body's. */
  readonly schema: z.ZodType<T>;
  readonly body: LoneBody<T>;
}

interface CommandSpec<T> extends Omit<LoneSpec<T>, 'body' | 'argument'> {
  /** The argument after the command's name; it becomes an option of that name. */
  readonly argument?: ArgumentSpec;
  /** The command pushes, so it needs the intake's key and id. */
  readonly needsSink: boolean;
  /** The command only reads the inventory, which knows the org, so it needs no credential. */
  readonly isLocal?: boolean;
  /**
   * With these options a worker that is running does it, by its own settings and secrets: then the command needs none but
   * `STATE_DIR`.
   */
  readonly asksWorker?: (options: T) => boolean;
  /** False: the command has to do with no org, so that it needs neither credential nor inventory. */
  readonly needsOrg?: boolean;
  readonly body: Body<T>;
}

interface ArgumentSpec {
  readonly name: string;
  readonly about: string;
  /** One of these values; the first is the default. */
  readonly choices?: readonly [string, ...string[]];
  /** It may be left out. */
  readonly isOptional?: boolean;
}

/** Adds a command to the program. @param standIn acts in place of its body */
export type AddCommand = (program: Command, run: RunCommand, standIn?: StandIn) => void;
export type RunCommand = (start: (world: World) => Promise<number>) => Promise<void>;

/** Bodies that take the options of any command. */
export interface StandIn {
  readonly body: Body<unknown>;
  readonly loneBody: LoneBody<unknown>;
}

/**
 * A command that reads the settings. Its body is loaded only when the command is called: help need not wait for an HTTP
 * client.
 */
export function define<T>({
  name,
  summary,
  options,
  argument,
  schema,
  needsSink,
  isLocal = false,
  needsOrg = true,
  asksWorker = () => false,
  body: ownBody,
}: CommandSpec<T>): AddCommand {
  return (program, run, standIn) => {
    const body: Body<T> = standIn?.body ?? ownBody;
    const command = program.command(name).description(summary);
    for (const option of options) command.addOption(option);
    if (argument !== undefined) command.addArgument(argumentOf(argument));
    command.action(async () => {
      const value = command.args[0] ?? argument?.choices?.[0];
      const given = argument === undefined || value === undefined ? {} : { [argument.name]: value };
      const parsed = schema.parse({ ...command.optsWithGlobals(), ...given });
      const { config } = z.object({ config: z.string().optional() }).parse(program.opts());
      const needs = { name, needsSink, isLocal, needsOrg, config, mayAskWorker: asksWorker(parsed) };
      await run((world) => runBody(world, needs, (prepared) => body(prepared, parsed)));
    });
  };
}

function argumentOf({ name, about, choices, isOptional = false }: ArgumentSpec): Argument {
  const shown = isOptional ? `[${name}]` : `<${name}>`;
  if (choices === undefined) return new Argument(shown, about).argParser(presentArgument);
  return new Argument(`[${name}]`, about).choices(choices);
}

/** A command that reads no settings. */
export function defineLone<T>(spec: LoneSpec<T>): AddCommand {
  const { name, summary, options, argument, schema } = spec;
  return (program, run, standIn) => {
    const body: LoneBody<T> = standIn?.loneBody ?? spec.body;
    const command = program.command(name).description(summary).configureHelp({ showGlobalOptions: false });
    for (const option of options) command.addOption(option);
    if (argument !== undefined) command.argument(`[${argument.name}]`, argument.about);
    command.action(async () => {
      if (program.opts()['config'] !== undefined)
        command.error(`error: ${name} reads no settings: leave --config out`);
      const [given] = command.args;
      const parsed = schema.parse({
        ...command.opts(),
        ...(given === undefined || argument === undefined ? {} : { [argument.name]: given }),
      });
      await run((world) => body(world, parsed));
    });
  };
}

interface BodyNeeds {
  /** Of the command. */
  readonly name: string;
  readonly needsSink: boolean;
  readonly isLocal: boolean;
  readonly needsOrg: boolean;
  readonly config: string | undefined;
  readonly mayAskWorker: boolean;
}

/** The needs of a command that asks a worker, where one is running. */
async function needsBesideWorker({ env }: World, needs: BodyNeeds): Promise<BodyNeeds> {
  if (!needs.mayAskWorker) return needs;
  const { isWorkerRunning } = await import('../compose/running-worker.ts');
  const isAsking = isWorkerRunning(env, needs.config);
  return isAsking ? { ...needs, name: 'run-now', needsSink: false, isLocal: true } : needs;
}

/** The way from settings to exit code, which all commands share. */
async function runBody(
  world: World,
  ofCommand: BodyNeeds,
  body: (prepared: PreparedCommand) => Promise<number>,
): Promise<number> {
  const needs = await needsBesideWorker(world, ofCommand);
  const { config: configFile, needsSink: requireSink } = needs;
  const orgHost = await hostFinderOf(needs);
  const alertRulesOf = requireSink ? (await import('../compose/alerts.ts')).alertRulesOf : undefined;
  const options = { configFile, requireSink, orgHost, alertRulesOf, command: needs.name };
  const prepared = prepareCommand(world, options);
  const { settings, log } = prepared;
  tellWarnings(prepared);
  tellExposedSecrets([...prepared.secretFiles, ...keysOf(settings)], log);
  tellOpenInventory(settings, log);
  if (needs.needsSink) tellReferenceContext(settings, world, log);
  try {
    return await body(prepared);
  } catch (thrown) {
    const signal = world.stoppedBy();
    return signal !== undefined && isStop(thrown, world.stopping)
      ? exitCodeOfSignal(signal)
      : tellFailure(thrown, prepared.world.err, log);
  }
}

/** A key that is named by its file alone is as secret as the others. */
function keysOf({ hookPort, hookTlsKeyFile }: Settings): readonly string[] {
  return hookPort === undefined || hookTlsKeyFile === undefined ? [] : [hookTlsKeyFile];
}

/** Finds the org of a command that asks Okta nothing; `undefined`: the settings must name it. */
async function hostFinderOf({ isLocal, needsOrg }: BodyNeeds): Promise<LoadOptions['orgHost']> {
  if (!needsOrg) return () => NO_ORG;
  return isLocal ? (await import('../compose/known-users.ts')).hostKnownIn : undefined;
}

/** By its top-level domain no host has this name. */
const NO_ORG = 'no-org.invalid';

/** A user who can change the inventory decides what is sent, and what is not. */
function tellOpenInventory({ stateDir }: Settings, log: RootLog): void {
  const paths = [stateDir, ...['inventory.db', 'lock.db'].map((name) => join(stateDir, name))];
  for (const path of writableByAll(paths)) {
    const hint = `take the right away: chmod o-w ${path}`;
    log.warn({ path, hint }, 'every user of this machine can change the inventory');
  }
}

/**
 * Warns users that move over: nothing goes on from where the reference connector stood (docs/moving-over.md).
 */
function tellReferenceContext({ stateDir }: Settings, { env }: World, log: RootLog): void {
  const file = findReferenceContext(env, stateDir);
  if (file === undefined) return;
  log.info(
    { file },
    "the reference connector's checkpoint is not used: the inventory in STATE_DIR takes its place",
  );
}

export function positiveNumber(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

export function presentArgument(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It is empty.');
}
