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
  /** The path of the Node that runs this process, for a process of its own beside it. */
  readonly nodePath: string;
  readonly clock: Clock;
  /** CPU time that this thread has used, in milliseconds. */
  usedCpuMs(): number;
  /**
   * Clears what is not in use. Its pages of memory are kept for what comes next, which takes some 50 ms, or given back to
   * the system, which takes some 150 ms: only for a process that has grown.
   */
  freeMemory(pages?: 'kept' | 'given back'): void;
  /** The memory that this process holds of the machine's, in bytes. */
  residentBytes(): number;
  /** A number from 0 up to 1. */
  random(): number;
  newId(): string;
  /** The piped input; nothing is read before it is used. */
  readonly input: () => Readable;
  /**
   * Writes data to stdout, and resolves when it has left. When the reader has gone it does nothing, and `stopping`
   * fires.
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
  /** From now on SIGHUP calls `listen` and stops nothing. The listener that was set last counts. */
  onHangUp(listen: () => void): void;
  /** From now on SIGUSR2 calls `listen`; otherwise it does nothing. */
  onNudge(listen: () => void): void;
  /** Sends SIGUSR2 to a process that surely listens for it. Does nothing where that is not possible. */
  nudge(pid: number): void;
  /** The user that this process runs as, where the system has such ids. */
  readonly userId: number | undefined;
  /**
   * Sets the function that reports an exception which nobody caught; the process then exits with 1. The function that
   * was set last counts.
   */
  onCrash(tell: (thrown: unknown) => void): void;
}

/** stderr: whole lines and, on a terminal, one status line below them. */
export interface ErrorOutput {
  /** Writes whole lines. The status line makes room for them. */
  write(text: string): void;
  /** Draws the status line, cut to the terminal's width; `undefined` removes it. Does nothing unless on a terminal. */
  setStatus(line: string | undefined): void;
  /** Removes the status line until it is drawn again, so that others can write to the terminal. */
  clearStatus(): void;
}

/** The width is read at each use, because terminals change it. */
export interface TextStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
}

const ERASE_LINE = '\r\u001B[2K';
const USUAL_COLUMNS = 80;

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
      // A terminal without a size says 0.
      const { columns = 0 } = stream;
      stream.write(`${ERASE_LINE}${line.slice(0, (columns > 0 ? columns : USUAL_COLUMNS) - 1)}`);
      isDrawn = true;
    },
    clearStatus,
  };
}

/** Line ends, and the colours that we write ourselves. */
// oxlint-disable-next-line no-control-regex
const TERMINAL_SIGNS = /(\n|\u001B\[(?:0|3[1-3])m)/;

/**
 * Escapes control characters before a terminal shows them, whichever command prints, because others choose the names.
 * JSON stays the same JSON: there these characters occur only inside texts, where their codes mean the same.
 */
function terminalText(text: string): string {
  return text
    .split(TERMINAL_SIGNS)
    .map((part, at) => (at % 2 === 0 ? plainText(part) : part))
    .join('');
}

/** Calls `onReaderGone` when the other end of the pipe was closed (`| head`), which is no error. */
export function createOutput(
  stream: Writable,
  { isTerminal, onReaderGone }: { readonly isTerminal: boolean; readonly onReaderGone: () => void },
): (text: string) => Promise<void> {
  let isGone = false;
  // Each write reports its own error. Without a listener the same error would end the process.
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
