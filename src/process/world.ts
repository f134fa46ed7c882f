import type { Readable, Writable } from 'node:stream';
import { InternalError } from '../ports/errors.ts';
import { plainText } from './log.ts';
import type { Clock } from '../ports/clock.ts';

export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

/** Everything that the process gives to a command. Only `main.ts` makes the real one. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The product's own version. */
  readonly version: string;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  usedCpuMs(): number;
  /** From 0 up to 1. */
  random(): number;
  newId(): string;
  /**
   * Writes data to stdout, and resolves when it has left. When the reader has gone it does nothing, and `stopping`
   * fires.
   */
  readonly input: () => Readable;
  /**
   * Writes data to stdout; resolves when it has left. When the reader has gone it does nothing, and `stopping` fires.
   */
  out(text: string): Promise<void>;
  readonly err: ErrorOutput;
  /** Is stderr a terminal? */
  readonly isTerminal: boolean;
  /** Is stdout a terminal? */
  readonly isOutputTerminal: boolean;
  /** Fires at the first SIGTERM, SIGINT or SIGHUP, or when the reader of stdout has gone. */
  readonly stopping: AbortSignal;
  stoppedBy(): StopSignal | undefined;
  /**
   * Sets the function that reports an exception which nobody caught; the process then exits with 1. The function that
   * was set last counts.
   */
  onHangUp(listen: () => void): void;
  /**
   * Sets the function that reports an exception which nobody caught; the process then leaves with 1. The last one set
   * counts.
   */
  onCrash(tell: (thrown: unknown) => void): void;
}

/** Writes whole lines. The status line makes room for them. */
export interface ErrorOutput {
  /** Draws the status line, cut to the terminal's width; `undefined` removes it. Does nothing unless on a terminal. */
  write(text: string): void;
  /** Removes the status line until it is drawn again, so that others can write to the terminal. */
  setStatus(line: string | undefined): void;
  /** Takes the drawn line away until the next one, so that others can write to the terminal. */
  clearStatus(): void;
}

/** The width is asked for at each use: terminals change it. */
export interface TextStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
}

const ERASE_LINE = '\r\u001B[2K';
const USUAL_COLUMNS = 80;
/** Node's timers fire at once for anything longer. */
const LONGEST_TIMER_MS = 2_147_483_647;

export function createErrorOutput(stream: TextStream, isTerminal: boolean): ErrorOutput {
  let isDrawn = false;

  function clearStatus(): void {
    if (isDrawn) stream.write(ERASE_LINE);
    isDrawn = false;
  }

  return {
    write(text) {
      clearStatus();
      stream.write(text);
    },
    setStatus(line) {
      if (line === undefined) return clearStatus();
      if (!isTerminal) return;
      // A terminal that nobody has given a size says 0.
      const { columns = 0 } = stream;
      stream.write(`${ERASE_LINE}${line.slice(0, (columns > 0 ? columns : USUAL_COLUMNS) - 1)}`);
      isDrawn = true;
    },
    clearStatus,
  };
}

/** Line ends, and the colours of our own words. */
// oxlint-disable-next-line no-control-regex
const TERMINAL_SIGNS = /(\n|\u001B\[(?:0|3[1-3])m)/;

/**
 * The last door to a terminal, whatever a command prints: names that others chose only show. JSON stays the JSON it is,
 * for these signs stand in its texts alone, and their codes mean the same there.
 */
function terminalText(text: string): string {
  return text
    .split(TERMINAL_SIGNS)
    .map((part, at) => (at % 2 === 0 ? plainText(part) : part))
    .join('');
}

/** `onReaderGone`: the other end of the pipe was closed (`| head`), which is no error. */
export function createOutput(
  stream: Writable,
  { isTerminal, onReaderGone }: { readonly isTerminal: boolean; readonly onReaderGone: () => void },
): (text: string) => Promise<void> {
  let isGone = false;
  // Each write tells of its own error; without a listener the same error would end the process.
  stream.on('error', () => undefined);

  return (text) =>
    new Promise((resolve, reject) => {
      if (isGone) return resolve();
      stream.write(isTerminal ? terminalText(text) : text, (error) => {
        if (error == null) return resolve();
        if (!isBrokenPipe(error)) return reject(cannotWrite(error));
        isGone = true;
        onReaderGone();
        resolve();
      });
    });
}

function cannotWrite(cause: Error): InternalError {
  return new InternalError(`cannot write to stdout: ${cause.message}`, {
    cause,
    hint: 'see where stdout goes: is the disk full?',
  });
}

function isBrokenPipe(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}

export const systemClock: Clock = {
  now: () => Date.now(),

  async sleep(ms, signal) {
    if (ms <= 0 || signal?.aborted === true) return;
    await wait(Math.min(ms, LONGEST_TIMER_MS), signal);
    await systemClock.sleep(ms - LONGEST_TIMER_MS, signal);
  },
};

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    }
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish);
  });
}
