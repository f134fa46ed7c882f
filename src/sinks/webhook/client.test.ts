import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../process/clock.ts';
import { createReceiver, type WebhookSettings } from './client.ts';
import { aNotice, answering, startReceiver } from './receiver.fixture.ts';

const KEY = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const NEVER = new AbortController().signal;

function receiverAt(url: string, changes: Partial<WebhookSettings> = {}) {
  const settings = { url, format: 'standard', key: KEY, userAgent: 'okta-ocsf/test' } as const;
  return createReceiver({ ...settings, clock: systemClock, ...changes });
}

describe('sinks, webhook: one message', () => {
  test.each([
    ['a key in base64', KEY, new Webhook(KEY)],
    [
      'a key as plain text',
      'a plain text of 24 bytes and more'.replaceAll(' ', '-'),
      new Webhook('a-plain-text-of-24-bytes-and-more', { format: 'raw' }),
    ],
  ])('a receiver that knows %s takes it for ours', async (_, key, own) => {
    const receiver = await startReceiver();

    const answer = await receiverAt(receiver.url, { key, org: 'acme' }).send(aNotice(), NEVER);

    expect(answer).toEqual({ kind: 'delivered', status: 204 });
    const [{ text, headers, path } = { text: '', headers: {}, path: '' }] = receiver.posted;
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    expect(own.verify(text, given)).toEqual({
      id: 'notice-1',
      type: 'operator.trouble',
      timestamp: '2026-08-01T10:00:00.000Z',
      title: 'okta-ocsf: something is wrong',
      severity: 'high',
      org: 'acme',
      data: { cause: 'dead-letters', count: 3 },
    });
    expect(() => own.verify(text.replace('3', '4'), given)).toThrow('No matching signature');
    expect([headers['content-type'], path]).toEqual([
      'application/json',
      '/hooks/a-path-that-is-secret?token=also-secret',
    ]);
  });

  test('is a text without signature for Slack, in which no name can mention a channel or hide a link', async () => {
    const receiver = await startReceiver(answering(200, 'ok', { 'content-type': 'text/html' }));
    const rows = Array.from({ length: 12 }, (_, at) => ({ uid: `00u${at}`, login: `<!channel> & co ${at}` }));

    const sent = receiverAt(receiver.url, { format: 'slack', org: 'acme' });
    const answer = await sent.send(
      aNotice({ title: 'Admins without MFA', data: { rule: 'a', rows } }),
      NEVER,
    );

    expect(answer.kind).toBe('delivered');
    expect(receiver.posted[0]?.headers).not.toHaveProperty('webhook-signature');
    const [{ text } = {}] = receiver.bodies();
    expect(String(text).split('\n')).toEqual([
      '*Admins without MFA* (acme)',
      'severity: high',
      'rule: a',
      'rows:',
      ...rows.slice(0, 10).map((_, at) => `• uid 00u${at}, login &lt;!channel&gt; &amp; co ${at}`),
      'and 2 more',
    ]);
  });

  test.each([
    [200, '<!doctype html><title>Sign in</title>', {}, 'answers with a page and not as a webhook (HTTP 200)'],
    [
      302,
      '',
      { location: 'http://127.0.0.1:9/' },
      'answers with a redirect, which is not followed (HTTP 302)',
    ],
    [401, '', {}, 'refuses the sender (HTTP 401)'],
    [400, 'names a user', {}, 'refuses the message (HTTP 400)'],
    [410, '', {}, 'takes no messages at this address (HTTP 410)'],
    [500, 'names a user', {}, 'cannot take messages now (HTTP 500)'],
  ])('is not delivered by HTTP %i %j', async (status, text, headers, what) => {
    const receiver = await startReceiver(answering(status, text, headers));

    const answer = await receiverAt(receiver.url).send(aNotice(), NEVER);

    expect(answer).toMatchObject({
      kind: 'failed',
      what,
      isRefused: status === 401,
      isOfMessage: status === 400,
    });
    expect(receiver.posted).toHaveLength(1);
    expect(JSON.stringify(answer)).not.toMatch(/secret|names a user/);
  });

  test.each([
    ['hangs', () => undefined, 'did not answer in time (ETIMEDOUT)'],
    [
      'breaks off',
      (response: { readonly destroy: () => unknown }) => void response.destroy(),
      'broke off before it answered (ECONNRESET)',
    ],
  ])('is not delivered to a receiver that %s', async (_, answer, what) => {
    const receiver = await startReceiver(answer);

    const told = await receiverAt(receiver.url, { timeoutMs: 50 }).send(aNotice(), NEVER);

    expect(told).toMatchObject({ kind: 'failed', what, isStopped: false });
  });

  test('is given up when the program stops', async () => {
    const stop = new AbortController();
    const receiver = await startReceiver(() => stop.abort());

    expect(await receiverAt(receiver.url).send(aNotice(), stop.signal)).toMatchObject({ isStopped: true });
  });
});
