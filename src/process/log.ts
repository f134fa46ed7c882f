import { pino, type Logger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import * as z from 'zod';
import { HIDDEN, scrubberOf } from '../settings/secret.ts';
import { LOG_LEVELS, type Log, type LogLevel, type RootLog } from '../ports/log.ts';

/** `level` and `secrets` are read for each line: they may change while somebody logs. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Texts that are replaced wherever they occur. Another list has other texts. */
  readonly secrets: readonly string[];
  /** Set: writes for people instead of machines, with or without colours. */
  readonly pretty: false | { readonly colour: boolean };
  readonly now: () => number;
}

const SENSITIVE_NAME = /token|key|authorization|secret|password|credential|assertion|profile|cookie/i;
/** Control characters, line separators, marks that turn the direction of writing, and invisible characters. */
const UNPRINTABLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/g;
const DEEPEST_CAUSE = 4;

type LoggedLevel = keyof Log;

const Line = z.record(z.string(), z.unknown());

export function createLog(output: { write(text: string): void }, options: LogOptions): RootLog {
  const { pretty, now } = options;
  const scrubber = scrubberOf(() => options.secrets);
  const format = pretty === false ? undefined : prettyFactory({ colorize: pretty.colour, singleLine: true });

  /** The last step before output: pino's line is parsed again, so that no serialiser and no field is forgotten. */
  function write(text: string): void {
    const line = clean(Line.parse(JSON.parse(text)), scrubber());
    output.write(format === undefined ? `${JSON.stringify(line)}\n` : format(line));
  }

  const isWritten = (level: LoggedLevel): boolean =>
    options.level !== 'silent' && LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(options.level);
  const root = pino(
    {
      level: 'trace',
      base: null,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (thrown: unknown) => describeError(thrown) },
    },
    { write },
  );
  return leveled(root, isWritten);
}

/** pino's children keep the level that their parent had when they were made, so the level is asked here. */
function leveled(log: Logger, isWritten: (level: LoggedLevel) => boolean): RootLog {
  const lineOf =
    (level: LoggedLevel): RootLog['info'] =>
    (fields, message) => {
      if (isWritten(level)) log[level](fields, message);
    };
  return {
    error: lineOf('error'),
    warn: lineOf('warn'),
    info: lineOf('info'),
    debug: lineOf('debug'),
    trace: lineOf('trace'),
    child: (fields) => leveled(log.child(fields), isWritten),
  };
}

/**
 * A text that a terminal prints as one line: characters that would move its cursor or end the line are written as
 * codes.
 */
export function plainText(text: string): string {
  return text.replaceAll(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function clean(value: unknown, scrub: (text: string) => string): unknown {
  if (typeof value === 'string') return plainText(scrub(value));
  if (Array.isArray(value)) return value.map((each) => clean(each, scrub));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      plainText(scrub(name)),
      maySay(name, each) ? clean(each, scrub) : HIDDEN,
    ]),
  );
}

/** Counts and flags are not secret, whatever their names. */
function maySay(name: string, value: unknown): boolean {
  return (
    !SENSITIVE_NAME.test(name) || value === null || typeof value === 'boolean' || typeof value === 'number'
  );
}

/** Takes only the error's own words: an HTTP error carries its request with all headers. */
function describeError(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return String(thrown);
  const code: unknown = 'code' in thrown ? thrown.code : undefined;
  return {
    type: thrown.name,
    message: thrown.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: (thrown.stack ?? '').split('\n').map((line) => line.trim()),
    ...(thrown.cause === undefined || depth >= DEEPEST_CAUSE
      ? {}
      : { cause: describeError(thrown.cause, depth + 1) }),
  };
}
