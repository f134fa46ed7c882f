import { Command, CommanderError, Option } from 'commander';
import { changes } from './commands/changes.ts';
import { compare } from './commands/compare.ts';
import { deadLetters } from './commands/dead-letters.ts';
import { presentArgument, type AddCommand, type RunCommand, type StandIn } from './commands/define.ts';
import { demo } from './commands/demo.ts';
import { dryRun } from './commands/dry-run.ts';
import { explain } from './commands/explain.ts';
import { graph } from './commands/graph.ts';
import { hooks } from './commands/hooks.ts';
import { notifyTest } from './commands/notify-test.ts';
import { plan } from './commands/plan.ts';
import { query } from './commands/query.ts';
import { report } from './commands/report.ts';
import { runNow } from './commands/run-now.ts';
import { settings } from './commands/settings.ts';
import { simulator } from './commands/simulator.ts';
import { sync } from './commands/sync.ts';
import { test } from './commands/test.ts';
import { validate } from './commands/validate.ts';
import { worker } from './commands/worker.ts';
import { EXIT_DONE, EXIT_USAGE, tellFailure } from './process/failure.ts';
import { plainText } from './process/log.ts';
import type { World } from './process/world.ts';

/** Every command, in the order of the help. */
const COMMANDS: readonly AddCommand[] = [
  demo,
  dryRun,
  sync,
  worker,
  runNow,
  plan,
  test,
  notifyTest,
  hooks,
  simulator,
  validate,
  explain,
  compare,
  graph,
  query,
  changes,
  report,
  deadLetters,
  settings,
];

/** Runs one command; resolves with the exit code. `argv` begins after the program's name. Never throws. */
export async function cli(argv: readonly string[], world: World, standIn?: StandIn): Promise<number> {
  let exitCode = EXIT_DONE;
  let help = '';
  const program = createProgram(world.version, (text) => (help += text));
  const run: RunCommand = async (start) => {
    exitCode = await start(world);
  };
  for (const add of COMMANDS) add(program, run, standIn);

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

/** `help sync` means `sync --help`. An unknown name is passed without the flag, which would hide that it is unknown. */
function withHelp([first, name, ...rest]: readonly string[], program: Command): readonly string[] {
  if (first !== 'help') return [first, name, ...rest].filter((each) => each !== undefined);
  if (name === undefined) return ['--help'];
  const isKnown = program.commands.some((command) => command.name() === name);
  return isKnown ? [name, '--help'] : [name, ...rest];
}

/** Commander ends help and version with an error too, which is none. */
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
