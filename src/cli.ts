import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import type { DryRunOptions } from './commands/dry-run.ts';
import type { SyncOptions } from './commands/sync.ts';
import { loadSettings, secretTexts, type Settings } from './config.ts';
import { EXIT_DONE, EXIT_USAGE, exitCodeOfSignal, tellCrash, tellFailure } from './failure.ts';
import { createLog, plainText, type RootLog } from './log.ts';
import { createScrubber } from './settings/secret.ts';
import type { World } from './world.ts';

/** What a command does with right settings; resolves with the exit code. What it throws is told and becomes one. */
type Body<T> = (settings: Settings, world: World, log: RootLog, options: T) => Promise<number>;

/** `mode` is accepted and checked already; every run is a full one until there are incremental ones. */
interface SyncRequest extends SyncOptions {
  readonly mode?: 'full' | 'incremental';
}

export interface Bodies {
  readonly sync: Body<SyncRequest>;
  readonly dryRun: Body<DryRunOptions>;
}

/** Loaded when asked for: help and a mistake in the settings wait for no HTTP client and no database. */
const BODIES: Bodies = {
  sync: async (...given) => (await import('./commands/sync.ts')).runSync(...given),
  dryRun: async (...given) => (await import('./commands/dry-run.ts')).runDryRun(...given),
};

interface CommandSpec<T> {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
  /** From commander's options, already checked one by one, to the body's. */
  readonly schema: z.ZodType<T>;
  /** Does it push? Then it needs the intake's key and id. */
  readonly needsSink: boolean;
  readonly body: Body<T>;
}

type AddCommand = (program: Command, run: RunCommand) => void;
type RunCommand = (needsSink: boolean, config: string | undefined, body: Body<undefined>) => Promise<void>;

/** Every command, one line each. */
const commands = (bodies: Bodies): readonly AddCommand[] => [dryRun(bodies.dryRun), sync(bodies.sync)];

const dryRun = (body: Bodies['dryRun']): AddCommand =>
  define({
    name: 'dry-run',
    summary: 'read, enrich, normalise and validate; print OCSF events, one a line; push and keep nothing',
    options: [
      new Option('--limit <n>', 'only that many users').argParser(positiveNumber),
      new Option('--user <id-or-login>', 'only this user').argParser(presentArgument),
      new Option('--pretty', 'indented events'),
    ],
    schema: z.object({
      limit: z.number().exactOptional(),
      user: z.string().exactOptional(),
      pretty: z.boolean().default(false),
    }),
    needsSink: false,
    body,
  });

const sync = (body: Bodies['sync']): AddCommand =>
  define({
    name: 'sync',
    summary: 'one run: read, enrich, deliver; print the report as JSON',
    options: [
      new Option('--full', 'read everything').conflicts('incremental'),
      new Option('--incremental', 'read what has changed'),
      new Option('--report <file>', 'write the report to this file too').argParser(presentArgument),
      new Option('--strict', 'exit 4 when there are gaps or dead letters'),
    ],
    schema: z
      .object({
        full: z.boolean().default(false),
        incremental: z.boolean().default(false),
        report: z.string().exactOptional(),
        strict: z.boolean().default(false),
      })
      .transform(({ full, incremental, ...rest }): SyncRequest => {
        if (full) return { ...rest, mode: 'full' };
        return incremental ? { ...rest, mode: 'incremental' } : rest;
      }),
    needsSink: true,
    body,
  });

function define<T>({ name, summary, options, schema, needsSink, body }: CommandSpec<T>): AddCommand {
  return (program, run) => {
    const command = program.command(name).description(summary);
    for (const option of options) command.addOption(option);
    command.action(async () => {
      const parsed = schema.parse(command.opts());
      const { config } = z.object({ config: z.string().optional() }).parse(program.opts());
      await run(needsSink, config, (settings, world, log) => body(settings, world, log, parsed));
    });
  };
}

/** Runs one command; resolves with the exit code. `argv` begins after the program's name. Never throws. */
export async function cli(argv: readonly string[], world: World, bodies: Bodies = BODIES): Promise<number> {
  let exitCode = EXIT_DONE;
  let help = '';
  const program = createProgram(world.version, (text) => (help += text));
  for (const add of commands(bodies)) {
    add(program, async (needsSink, config, body) => {
      exitCode = await runBody(world, { needsSink, config }, body);
    });
  }

  try {
    await parse(program, argv);
    if (help !== '') await world.out(help);
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return tellUsage(thrown, program, argv, world);
    return tellFailure(thrown, world.err);
  }
}

/** Help and version end commander's work by an error too, one that is none. */
async function parse(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError) || thrown.exitCode !== EXIT_DONE) throw thrown;
  }
}

function createProgram(version: string, writeOut: (text: string) => void): Command {
  return new Command('okta-ocsf')
    .description('Reads every user of an Okta org and delivers them as OCSF User Inventory events.')
    .version(version)
    .addOption(
      new Option('--config <file>', 'settings from this JSON or YAML file too').argParser(presentArgument),
    )
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut, writeErr: () => undefined })
    .exitOverride();
}

interface BodyNeeds {
  readonly needsSink: boolean;
  readonly config: string | undefined;
}

/** From settings to exit code: what every command shares. A body's stderr shows no secret, whoever writes there. */
async function runBody(world: World, needs: BodyNeeds, body: Body<undefined>): Promise<number> {
  const settings = loadSettings(world.env, { configFile: needs.config, requireSink: needs.needsSink });
  const log = createCommandLog(settings, world);
  const scrub = createScrubber(secretTexts(settings));
  const err = { ...world.err, write: (text: string) => world.err.write(scrub(text)) };
  world.onCrash((thrown) => tellCrash(thrown, err, log));
  try {
    return await body(settings, { ...world, err }, log, undefined);
  } catch (thrown) {
    const signal = world.stoppedBy();
    const isAbort = thrown instanceof Error && thrown.name === 'AbortError';
    return signal !== undefined && isAbort ? exitCodeOfSignal(signal) : tellFailure(thrown, err, log);
  }
}

function createCommandLog(settings: Settings, world: World): RootLog {
  const log = createLog(world.err, {
    level: settings.logLevel,
    secrets: secretTexts(settings),
    pretty: world.isTerminal && { colour: (world.env['NO_COLOR'] ?? '') === '' },
    now: () => world.clock.now(),
  });
  return settings.orgLabel === undefined ? log : log.child({ org: settings.orgLabel });
}

function tellUsage(error: CommanderError, program: Command, argv: readonly string[], world: World): number {
  const names = program.commands.map((command) => command.name());
  const told = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const asked = names.filter((name) => argv.includes(name)).slice(0, 1);
  const [message, hint] =
    error.code === 'commander.help'
      ? ['no command given', `one of: ${names.join(', ')}; okta-ocsf --help explains them`]
      : [told, `${['okta-ocsf', ...asked, '--help'].join(' ')} shows what there is`];
  world.err.write(`${plainText(`error: ${message}`)}\nhint: ${hint}\n`);
  return EXIT_USAGE;
}

function positiveNumber(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

function presentArgument(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It is empty.');
}
