import { InvalidArgumentError, type Command, type Option } from 'commander';
import * as z from 'zod';
import type { Settings } from '../config.ts';
import { exitCodeOfSignal, tellFailure } from '../failure.ts';
import type { RootLog } from '../log.ts';
import { prepareCommand } from '../prepare-command.ts';
import type { World } from '../world.ts';

/** What a command does with right settings; resolves with the exit code. What it throws is told and becomes one. */
export type Body<T> = (settings: Settings, world: World, log: RootLog, options: T) => Promise<number>;
/** What a command does that reads no settings: it never meets a real org. */
export type LoneBody<T> = (world: World, options: T) => Promise<number>;

interface LoneSpec<T> {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
  /** From commander's options, already checked one by one, to the body's. */
  readonly schema: z.ZodType<T>;
  readonly body: LoneBody<T>;
}

interface CommandSpec<T> extends Omit<LoneSpec<T>, 'body'> {
  /** Does it push? Then it needs the intake's key and id. */
  readonly needsSink: boolean;
  readonly body: Body<T>;
}

export type AddCommand = (program: Command, run: RunCommand) => void;
type RunCommand = (start: (world: World) => Promise<number>) => Promise<void>;

export function define<T>({ name, summary, options, schema, needsSink, body }: CommandSpec<T>): AddCommand {
  return (program, run) => {
    const command = program.command(name).description(summary);
    for (const option of options) command.addOption(option);
    command.action(async () => {
      const parsed = schema.parse(command.optsWithGlobals());
      const { config } = z.object({ config: z.string().optional() }).parse(program.opts());
      await run((world) =>
        runBody(world, { needsSink, config }, (settings, within, log) => body(settings, within, log, parsed)),
      );
    });
  };
}

export function defineLone<T>({ name, summary, options, schema, body }: LoneSpec<T>): AddCommand {
  return (program, run) => {
    const command = program.command(name).description(summary).configureHelp({ showGlobalOptions: false });
    for (const option of options) command.addOption(option);
    command.action(async () => {
      if (program.opts()['config'] !== undefined)
        command.error(`error: ${name} reads no settings: leave --config out`);
      const parsed = schema.parse(command.opts());
      await run((world) => body(world, parsed));
    });
  };
}

interface BodyNeeds {
  readonly needsSink: boolean;
  readonly config: string | undefined;
}

/** From settings to exit code: what every command shares. */
async function runBody(world: World, needs: BodyNeeds, body: Body<undefined>): Promise<number> {
  const prepared = prepareCommand(world, { configFile: needs.config, requireSink: needs.needsSink });
  const { settings, log } = prepared;
  try {
    return await body(settings, prepared.world, log, undefined);
  } catch (thrown) {
    const signal = world.stoppedBy();
    const isAbort = thrown instanceof Error && thrown.name === 'AbortError';
    return signal !== undefined && isAbort
      ? exitCodeOfSignal(signal)
      : tellFailure(thrown, prepared.world.err, log);
  }
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
