import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { extname, join } from 'node:path';
import { InventoryError, type ConnectorError } from '../../ports/errors.ts';
import {
  QuestionError,
  type AskedHow,
  type Asker,
  type CheckedQuestion,
  type UnknownCount,
} from '../../ports/questions.ts';
import { reply, type QuestionReply } from './messages.ts';
import type { QuestionRequest } from './request.ts';

/** The same file of a build ends in `.js`. */
const PROCESS = join(import.meta.dirname, `asking-process${extname(import.meta.filename)}`);
const EXEC_ARGV = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=512'];

interface AskerParts {
  readonly stateDir: string;
  readonly maxAnswerAgeMs: number;
  /** The path of the Node that runs this process. */
  readonly nodePath: string;
}

interface TimeLeft {
  leftMs: number;
  readonly timeoutMs: number;
  readonly stopping: AbortSignal;
}

/** The kernel and the process itself end it with SIGKILL over memory, V8 with SIGABRT. */
function endedError(code: unknown, signal: unknown): ConnectorError {
  if (signal === 'SIGKILL' || signal === 'SIGABRT')
    return new QuestionError('the answer takes too much memory', { hint: 'ask for less' });
  return new InventoryError(`the process that answers questions has ended (${String(signal ?? code)})`);
}

/** Asks in a process of its own, which is ended when a question takes too long, and begun anew for the next one. */
export class ProcessAsker implements Asker {
  readonly #parts: AskerParts;
  #child: ChildProcess | undefined;

  constructor(parts: AskerParts) {
    this.#parts = parts;
  }

  async ask(
    { sql }: Pick<CheckedQuestion, 'sql'>,
    { parameters, needs, timeoutMs, signal, onRows }: AskedHow,
  ): Promise<readonly UnknownCount[]> {
    const { stateDir, maxAnswerAgeMs } = this.#parts;
    const ask = { kind: 'ask', stateDir, maxAnswerAgeMs, sql, parameters, needs: [...needs] } as const;
    const limits: TimeLeft = { leftMs: timeoutMs, timeoutMs, stopping: signal };
    const child = (this.#child ??= await this.#start(signal));
    let answer = await this.#send(child, ask, limits);
    while (answer.kind === 'rows') {
      await onRows(answer.rows);
      answer = await this.#send(child, { kind: 'more' }, limits);
    }
    if (answer.kind === 'end') return answer.unknown;
    if (answer.kind === 'ready') throw new InventoryError('the process that answers questions began anew');
    const { of, message, hint } = answer;
    throw of === 'inventory' ? new InventoryError(message, { hint }) : new QuestionError(message);
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #send(child: ChildProcess, message: QuestionRequest, limits: TimeLeft): Promise<QuestionReply> {
    const startedAt = performance.now();
    const over = AbortSignal.timeout(Math.max(1, Math.ceil(limits.leftMs)));
    const answered = replyOf(child, AbortSignal.any([over, limits.stopping]));
    child.send(message, () => undefined);
    try {
      return await answered;
    } catch (thrown) {
      this.close();
      limits.stopping.throwIfAborted();
      if (!over.aborted) throw thrown;
      throw new QuestionError(`no answer within ${limits.timeoutMs / 1000} seconds`, {
        hint: 'ask for less, or wait longer with --timeout',
      });
    } finally {
      limits.leftMs -= performance.now() - startedAt;
    }
  }

  /** Resolves when it is ready: the time in which it loads is not that of a question. */
  async #start(signal: AbortSignal): Promise<ChildProcess> {
    const { nodePath } = this.#parts;
    const cache = getCompileCacheDir();
    const child = fork(PROCESS, {
      execPath: nodePath,
      execArgv: EXEC_ARGV,
      env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    try {
      await replyOf(child, signal);
      return child;
    } catch (thrown) {
      child.kill('SIGKILL');
      throw thrown;
    }
  }
}

/** The next message of the process. Throws when it ends, or when the signal fires. */
async function replyOf(child: ChildProcess, signal: AbortSignal): Promise<QuestionReply> {
  const done = new AbortController();
  const until = { signal: AbortSignal.any([signal, done.signal]) };
  const ended = once(child, 'exit', until).then(([code, by]) => endedError(code, by));
  try {
    const first = await Promise.race([once(child, 'message', until), ended]);
    if (first instanceof Error) throw first;
    return reply.parse(first[0]);
  } finally {
    done.abort();
  }
}
