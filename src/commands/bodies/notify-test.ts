import type { Prepared } from '../../compose/prepare.ts';
import { receiverOf } from '../../compose/receiver.ts';
import { ConfigError } from '../../ports/errors.ts';
import type { Notice } from '../../ports/notices.ts';
import { EXIT_DONE, EXIT_FAILED, EXIT_REFUSED } from '../../process/failure.ts';

/** Sends one message that says that it is a test. Resolves with the exit code. */
export async function runNotifyTest({ settings, world }: Prepared): Promise<number> {
  const receiver = receiverOf(settings, world);
  if (receiver === undefined) {
    const hint = 'for example ALERT_WEBHOOK_URL=https://hooks.example.com/okta-ocsf';
    throw new ConfigError([{ name: 'ALERT_WEBHOOK_URL', problem: 'is missing', hint }]);
  }
  const { clock, stopping } = world;
  const startedAt = clock.now();
  const answer = await receiver.send(testNotice(world.newId(), startedAt), stopping);
  stopping.throwIfAborted();
  if (answer.kind === 'delivered') {
    const tookMs = clock.now() - startedAt;
    await world.out(`delivered: ${receiver.host} took the message (HTTP ${answer.status}, ${tookMs} ms)\n`);
    return EXIT_DONE;
  }
  world.err.write(`error: the webhook at ${receiver.host} ${answer.what}\nhint: ${answer.hint}\n`);
  return answer.isRefused ? EXIT_REFUSED : EXIT_FAILED;
}

function testNotice(id: string, now: number): Notice {
  return {
    id,
    type: 'test',
    time: new Date(now).toISOString(),
    title: 'okta-ocsf: this is a test, nothing is wrong',
    severity: 'informational',
    data: { test: true },
  };
}
