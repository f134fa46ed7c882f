import { Command, CommanderError, Option } from 'commander';
import * as z from 'zod';
import {
  define,
  defineLone,
  positiveNumber,
  presentArgument,
  type AddCommand,
  type Body,
  type LoneBody,
} from './commands/define.ts';
import type { CompareOptions } from './commands/compare.ts';
import type { DeadLettersOptions } from './commands/dead-letters.ts';
import type { DryRunOptions } from './commands/dry-run.ts';
import type { ExplainOptions } from './commands/explain.ts';
import { compare, deadLetters, explain } from './commands/inspect-options.ts';
import { plan } from './commands/plan-options.ts';
import type { PlanOptions } from './commands/plan.ts';
import { SIMULATOR_OPTIONS, SimulatorOptions } from './commands/simulator-options.ts';
import type { SettingsOptions } from './commands/settings.ts';
import type { SyncOptions } from './commands/sync.ts';
import type { TestOptions } from './commands/test.ts';
import type { ValidateOptions } from './commands/validate.ts';
import type { WorkerOptions } from './commands/worker.ts';
import { EXIT_DONE, EXIT_USAGE, tellFailure } from './process/failure.ts';
import { plainText } from './process/log.ts';
import { DIALECT_NAMES } from './ocsf/names.ts';
import type { World } from './process/world.ts';

export interface Bodies {
  readonly demo: LoneBody<unknown>;
  readonly sync: Body<SyncOptions>;
  readonly dryRun: Body<DryRunOptions>;
  readonly worker: Body<WorkerOptions>;
  readonly plan: Body<PlanOptions>;
  readonly test: Body<TestOptions>;
  readonly simulator: LoneBody<SimulatorOptions>;
  readonly validate: LoneBody<ValidateOptions>;
  readonly settings: LoneBody<SettingsOptions>;
  readonly explain: Body<ExplainOptions>;
  readonly compare: Body<CompareOptions>;
  readonly deadLetters: Body<DeadLettersOptions>;
}

/** Loaded when asked for: help and a mistake in the settings wait for no HTTP client and no database. */
const BODIES: Bodies = {
  demo: async (world) => (await import('./commands/demo.ts')).runDemo(world),
  sync: async (...given) => (await import('./commands/sync.ts')).runSync(...given),
  dryRun: async (...given) => (await import('./commands/dry-run.ts')).runDryRun(...given),
  worker: async (settings, world, ...given) => {
    // A SIGHUP while the rest is loaded: the first run reads the settings anyway.
    world.onHangUp(() => undefined);
    return (await import('./commands/worker.ts')).runWorker(settings, world, ...given);
  },
  plan: async (...given) => (await import('./commands/plan.ts')).runPlan(...given),
  test: async (...given) => (await import('./commands/test.ts')).runTest(...given),
  simulator: async (...given) => (await import('./commands/simulator.ts')).runSimulator(...given),
  validate: async (...given) => (await import('./commands/validate.ts')).runValidate(...given),
  settings: async (...given) => (await import('./commands/settings.ts')).runSettings(...given),
  compare: async (...given) => (await import('./commands/compare.ts')).runCompare(...given),
  explain: async (...given) => (await import('./commands/explain.ts')).runExplain(...given),
  deadLetters: async (...given) => (await import('./commands/dead-letters.ts')).runDeadLetters(...given),
};

/** Every command, one line each. */
const commands = (bodies: Bodies): readonly AddCommand[] => [
  demo(bodies.demo),
  dryRun(bodies.dryRun),
  sync(bodies.sync),
  worker(bodies.worker),
  plan(bodies.plan),
  test(bodies.test),
  simulator(bodies.simulator),
  validate(bodies.validate),
  explain(bodies.explain),
  compare(bodies.compare),
  deadLetters(bodies.deadLetters),
  settings(bodies.settings),
];

const demo = (body: Bodies['demo']): AddCommand =>
  defineLone({
    name: 'demo',
    summary: 'the main job from end to end against a simulated org and intake on this machine',
    options: [],
    schema: z.unknown(),
    body,
  });

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
      new Option('--accept-removals', 'believe this once that so many users are gone (MAX_REMOVALS)'),
      new Option(
        '--resend',
        'send all that is known again, to an intake that lost it; Okta is not asked',
      ).conflicts(['full', 'incremental', 'acceptRemovals']),
      new Option('--report <file>', 'write the report to this file too').argParser(presentArgument),
      new Option('--strict', 'exit 4 while gaps or dead letters stand, whichever run met them'),
    ],
    schema: z
      .object({
        full: z.boolean().default(false),
        incremental: z.boolean().default(false),
        acceptRemovals: z.boolean().default(false),
        resend: z.boolean().default(false),
        report: z.string().exactOptional(),
        strict: z.boolean().default(false),
      })
      .transform(({ full, incremental, acceptRemovals, resend, ...rest }): SyncOptions => ({
        ...rest,
        ...(resend ? { resends: true } : {}),
        ...(acceptRemovals ? { acceptsRemovals: true } : {}),
        ...(full ? { mode: 'full' } : {}),
        ...(incremental ? { mode: 'incremental' } : {}),
      })),
    needsSink: true,
    body,
  });

const worker = (body: Bodies['worker']): AddCommand =>
  define({
    name: 'worker',
    summary: 'a run when due, health and metrics over HTTP, until told to stop',
    options: [],
    schema: z.object({ config: z.string().exactOptional() }),
    needsSink: true,
    body,
  });

const test = (body: Bodies['test']): AddCommand =>
  define({
    name: 'test',
    summary:
      'test the connector: try each permission, the System Log, the clock, the rate budget and the intake',
    options: [new Option('--json', 'one JSON object instead of lines')],
    schema: z.object({ json: z.boolean().default(false) }),
    needsSink: true,
    body,
  });

const simulator = (body: Bodies['simulator']): AddCommand =>
  defineLone({
    name: 'simulator',
    summary:
      'an Okta org and an intake on this machine, until stopped; prints the settings that lead to them',
    options: SIMULATOR_OPTIONS,
    schema: SimulatorOptions,
    body,
  });

const validate = (body: Bodies['validate']): AddCommand =>
  defineLone({
    name: 'validate',
    summary: 'check events of any dialect; print each fault with its line; exit 4 when there are any',
    argument: { name: 'file', about: 'events, one a line or in an array; - or none: stdin' },
    options: [
      new Option('--dialect <name>', 'hold all events against this one, whatever they say').choices(
        DIALECT_NAMES,
      ),
    ],
    schema: z.object({
      file: z.string().exactOptional(),
      dialect: z.enum(DIALECT_NAMES).exactOptional(),
    }),
    body,
  });

const settings = (body: Bodies['settings']): AddCommand =>
  defineLone({
    name: 'settings',
    summary: 'every setting, or one: its default, what is allowed, what it means; never its value',
    argument: { name: 'name', about: 'only this setting' },
    options: [new Option('--json', 'one JSON object instead of lines')],
    schema: z.object({ name: z.string().exactOptional(), json: z.boolean().default(false) }),
    body,
  });

/** Runs one command; resolves with the exit code. `argv` begins after the program's name. Never throws. */
export async function cli(argv: readonly string[], world: World, bodies: Bodies = BODIES): Promise<number> {
  let exitCode = EXIT_DONE;
  let help = '';
  const program = createProgram(world.version, (text) => (help += text));
  for (const add of commands(bodies)) {
    add(program, async (start) => {
      exitCode = await start(world);
    });
  }

  try {
    await parse(program, withHelp(withOwnNames(argv), program));
    if (help !== '') await world.out(help);
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return tellUsage(thrown, program, argv, world);
    return tellFailure(thrown, world.err);
  }
}

/**
 * The command line that starts the reference connector's image starts this one too, so that only the image has to
 * change.
 */
function withOwnNames([first, ...rest]: readonly string[]): readonly string[] {
  if (first === undefined) return [];
  return [first === 'user_okta_asset_connector' ? 'worker' : first, ...rest];
}

/** `help sync` is `sync --help`. An unknown name goes without the flag, which would hide that it is unknown. */
function withHelp([first, name, ...rest]: readonly string[], program: Command): readonly string[] {
  if (first !== 'help') return [first, name, ...rest].filter((each) => each !== undefined);
  if (name === undefined) return ['--help'];
  const isKnown = program.commands.some((command) => command.name() === name);
  return isKnown ? [name, '--help'] : [name, ...rest];
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
    .addHelpText(
      'after',
      '\nSettings come from the environment or --config; `okta-ocsf settings` lists them all.',
    )
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut, writeErr: () => undefined })
    .exitOverride();
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
