import { readTls } from '../../compose/hooks/certificate.ts';
import type { PreparedCommand } from '../../compose/prepare.ts';
import { createReceiver } from '../../hooks/receiver.ts';
import { listenForCalls } from '../../http/call-server.ts';
import { ConfigError } from '../../ports/errors.ts';

/**
 * Answers Okta's challenge at the address of the worker, as long as none runs there. It takes no events: without a
 * secret they are refused. Returns the function that ends it.
 */
export async function serveChallenges({ settings, log }: PreparedCommand): Promise<() => Promise<void>> {
  const { hookPort: port, hookHost: host, hookPath: path, hookHeader: header } = settings;
  if (port === undefined) {
    const hint = 'for example HOOK_PORT=8443; or leave --serve out, and let the worker answer';
    throw new ConfigError([{ name: 'HOOK_PORT', problem: 'is missing: --serve answers there', hint }]);
  }
  const answer = createReceiver({
    path,
    header,
    secrets: () => [],
    isOwnHost: () => false,
    read: () => ({ events: [], unreadable: 0 }),
    keep: async () => undefined,
    needPoll: () => undefined,
    count: () => undefined,
  });
  const server = await listenForCalls({ host, port, tls: readTls(settings), log, answer });
  return () => server.close();
}
