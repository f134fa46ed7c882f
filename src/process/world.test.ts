import { Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { InternalError } from '../ports/errors.ts';
import { systemClock } from './clock.ts';
import { createErrorOutput, createOutput } from './world.ts';

const ERASE = '\r\u001B[2K';

function recorder(columns?: number): {
  text: string;
  columns: number | undefined;
  write(text: string): void;
} {
  return {
    text: '',
    columns,
    write(text) {
      this.text += text;
    },
  };
}

function failing(code: string): Writable {
  return new Writable({
    write: (_part, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
  });
}

describe('process, world: the error output', () => {
  test('takes its status line away before a line is written', () => {
    const stream = recorder();
    const err = createErrorOutput(stream, true);

    err.setStatus('10 users');
    err.write('a line\n');
    err.write('another\n');

    expect(stream.text).toBe(`${ERASE}10 users${ERASE}a line\nanother\n`);
  });

  test('cuts the status line to the width, so that it never wraps', () => {
    const stream = recorder(8);

    createErrorOutput(stream, true).setStatus('1234567890');

    expect(stream.text).toBe(`${ERASE}1234567`);
  });

  test('draws the status line on a terminal that does not know its width', () => {
    const stream = recorder(0);

    createErrorOutput(stream, true).setStatus('10 users');

    expect(stream.text).toBe(`${ERASE}10 users`);
  });

  test('leaves nothing behind when the status ends', () => {
    const stream = recorder();
    const err = createErrorOutput(stream, true);

    err.setStatus('10 users');
    err.setStatus(undefined);
    err.setStatus(undefined);

    expect(stream.text).toBe(`${ERASE}10 users${ERASE}`);
  });

  test('has no status line where there is no terminal', () => {
    const stream = recorder();

    createErrorOutput(stream, false).setStatus('10 users');

    expect(stream.text).toBe('');
  });
});

const PIPE = { isTerminal: false, onReaderGone: () => undefined };

describe('process, world: the output', () => {
  test('waits until a slow reader has taken the text', async () => {
    const taken: (() => void)[] = [];
    const stream = new Writable({ write: (_part, _encoding, done) => taken.push(done) });
    let isWritten = false;

    const writing = createOutput(stream, PIPE)('text').then(() => (isWritten = true));
    await new Promise((resolve) => setImmediate(resolve));
    const before = isWritten;
    for (const done of taken) done();
    await writing;

    expect([before, isWritten]).toEqual([false, true]);
  });

  test('ends quietly when the reader has gone, says so once, and writes no more', async () => {
    const onReaderGone = vi.fn<() => void>();
    const stream = failing('EPIPE');
    const out = createOutput(stream, { ...PIPE, onReaderGone });

    await out('one');
    await out('two');

    expect(onReaderGone).toHaveBeenCalledTimes(1);
  });

  test('any other failure is one of the command', async () => {
    const out = createOutput(failing('ENOSPC'), PIPE);

    await expect(out('one')).rejects.toThrow(InternalError);
    await expect(createOutput(failing('ENOSPC'), PIPE)('x')).rejects.toThrow('cannot write to stdout');
  });
});

describe('process, world: the clock', () => {
  test('sleeps as long as asked, also longer than a timer of Node can', async () => {
    vi.useFakeTimers();
    const days = 86_400_000;
    let isAwake = false;

    const sleeping = systemClock.sleep(30 * days).then(() => (isAwake = true));
    await vi.advanceTimersByTimeAsync(29 * days);
    const before = isAwake;
    await vi.advanceTimersByTimeAsync(days);
    await sleeping;
    vi.useRealTimers();

    expect([before, isAwake]).toEqual([false, true]);
  });

  test('wakes when the signal fires, without an error, and leaves no listener behind', async () => {
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, 'removeEventListener');

    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort();
    await sleeping;
    await systemClock.sleep(60_000, controller.signal);

    expect(removed).toHaveBeenCalledTimes(1);
  });
});
