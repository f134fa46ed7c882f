import {
  asConnectorError,
  ConfigError,
  SinkAuthError,
  OktaAuthError,
  OktaForbiddenError,
  type ConnectorError,
} from '../ports/errors.ts';
import { plainText } from './log.ts';
import { type Log } from '../ports/log.ts';
import type { ErrorOutput, StopSignal } from './world.ts';

export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_REFUSED = 3;
export const EXIT_INCOMPLETE = 4;

/** The exit code by the contract's table. */
export function exitCodeOf(error: ConnectorError): number {
  if (error instanceof ConfigError) return EXIT_USAGE;
  const isRefused =
    error instanceof OktaAuthError || error instanceof OktaForbiddenError || error instanceof SinkAuthError;
  return isRefused ? EXIT_REFUSED : EXIT_FAILED;
}

/** The exit code of a signal, as in shells: 128 and the signal's number. */
export function exitCodeOfSignal(signal: StopSignal): number {
  return { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal];
}

/** The lines for people: what happened and what to do. Each mistake in the settings has one line. */
export function failureLines(error: ConnectorError): string[] {
  if (error instanceof ConfigError) {
    return error.faults.map(({ name, problem, hint }) => plainText(`error: ${name} ${problem} - ${hint}`));
  }
  const lines = [`error: ${error.message}`, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])];
  return lines.map(plainText);
}

/** The same for a line of the log, with fields that can be searched and alerted on. */
export function failureFields({ code, message, hint }: ConnectorError) {
  // Each mistake in the settings is a line of its own.
  return { code, message: message.replaceAll('\n', '; '), hint };
}

/** Tells people what went wrong, with details at debug level, and returns the exit code. */
export function tellFailure(thrown: unknown, err: ErrorOutput, log?: Log): number {
  const error = asConnectorError(thrown);
  log?.debug({ err: thrown }, 'the command ended with an error');
  err.write(
    failureLines(error)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return exitCodeOf(error);
}

/** After a stop, whatever was under way ends with the signal's reason or an AbortError. That is not a failure. */
export function isStop(thrown: unknown, stopping: AbortSignal): boolean {
  if (!stopping.aborted) return false;
  return thrown === stopping.reason || (thrown instanceof Error && thrown.name === 'AbortError');
}

/** One line about an exception that nobody caught. */
export function tellCrash(thrown: unknown, err: ErrorOutput, log?: Log): void {
  log?.debug({ err: thrown }, 'an exception that nobody caught');
  const { message } = asConnectorError(thrown);
  err.write(`${plainText(`error: okta-ocsf broke: ${message} (LOG_LEVEL=debug shows where)`)}\n`);
}
