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

/** The lines for people: what happened and what to do; of settings, one line a mistake. */
export function failureLines(error: ConnectorError): string[] {
  if (error instanceof ConfigError) {
    return error.faults.map(({ name, problem, hint }) => plainText(`error: ${name} ${problem} - ${hint}`));
  }
  const lines = [`error: ${error.message}`, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])];
  return lines.map(plainText);
}

/** The same for a line of the log: what whoever collects it can search and alert by. */
export function failureFields({ code, message, hint }: ConnectorError) {
  // Faults in settings come as one line each.
  return { code, message: message.replaceAll('\n', '; '), hint };
}

/** Tells people what went wrong, details at debug level, and says with which code to leave. */
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

/**
 * Told to stop, whatever was under way ends with the signal's reason or an AbortError: that is no fault of anything.
 */
export function isStop(thrown: unknown, stopping: AbortSignal): boolean {
  if (!stopping.aborted) return false;
  return thrown === stopping.reason || (thrown instanceof Error && thrown.name === 'AbortError');
}

/** An exception that nobody caught: one line. */
export function tellCrash(thrown: unknown, err: ErrorOutput, log?: Log): void {
  log?.debug({ err: thrown }, 'an exception that nobody caught');
  const { message } = asConnectorError(thrown);
  err.write(`${plainText(`error: okta-ocsf broke: ${message} (LOG_LEVEL=debug shows where)`)}\n`);
}
