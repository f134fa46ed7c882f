import { describe, expect, onTestFinished, test } from 'vitest';
import { send, walk, type Seen } from '../../loopback.fixture.ts';
import { createMutations, createOrg, DEFAULT_HOOKS_TOKEN, startOktaServer } from '../../index.ts';
import type { HookOptions } from './options.ts';
import { startReceiver, type Receiver } from './receiver.fixture.ts';

const TYPES = ['user.lifecycle.suspend', 'user.lifecycle.unsuspend', 'user.account.update_profile'];
const SECRET = 'a secret of at least 32 characters';

interface Wish {
  readonly types?: readonly string[];
  readonly uri?: string;
  readonly value?: string;
}

interface Stage {
  readonly okta: Awaited<ReturnType<typeof startOktaServer>>;
  readonly mutations: ReturnType<typeof createMutations>;
  readonly users: readonly string[];
  readonly receiver: Receiver;
  readonly call: (method: string, path: string, body?: unknown) => Promise<Seen>;
  readonly wish: (changes?: Wish) => unknown;
  /** A hook that is verified; its id. */
  readonly hook: () => Promise<string>;
}

async function start(hooks: HookOptions = {}, pipeline: 'idx' | 'v1' = 'idx'): Promise<Stage> {
  const org = createOrg({ users: 30, groups: 3, deprovisionedShare: 0 });
  const receiver = await startReceiver();
  const okta = await startOktaServer(org, {
    pipeline,
    hooks: { takesHttp: true, timeoutMs: 200, lateMs: 5, ...hooks },
  });
  onTestFinished(async () => {
    await okta.close();
    await receiver.close();
  });
  const call: Stage['call'] = (method, path, body) =>
    send(`${okta.url}/api/v1/eventHooks${path}`, {
      method,
      headers: { authorization: `SSWS ${DEFAULT_HOOKS_TOKEN}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const wish: Stage['wish'] = ({ types = TYPES, uri = receiver.url, value = SECRET } = {}) => ({
    name: 'ours',
    events: { type: 'EVENT_TYPE', items: types },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: { uri, headers: [], authScheme: { type: 'HEADER', key: 'Authorization', value } },
    },
  });
  const mutations = createMutations(org, { now: okta.now, log: { noise: 0 } });
  const users = org.users.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id);
  const hook = async (): Promise<string> => {
    const id = idOf(await call('POST', '', wish()));
    await call('POST', `/${id}/lifecycle/verify`);
    return id;
  };
  return { okta, mutations, users, receiver, call, wish, hook };
}

function idOf({ json }: Seen): string {
  return typeof json === 'object' && json !== null && 'id' in json ? String(json.id) : '';
}

function eventsIn({ received }: Receiver): string[] {
  return received
    .filter(({ method }) => method === 'POST')
    .flatMap(({ body }): string[] =>
      JSON.parse(body).data.events.map(({ uuid }: { readonly uuid: string }) => uuid),
    );
}

describe('simulated event hooks', () => {
  test('are made unverified, without their secret in any answer, and verified by a challenge', async () => {
    const { call, wish, receiver } = await start();

    const made = await call('POST', '', wish());
    const verified = await call('POST', `/${idOf(made)}/lifecycle/verify`);
    const same = await call('PUT', `/${idOf(made)}`, wish({ types: TYPES.slice(1) }));
    const moved = await call('PUT', `/${idOf(made)}`, wish({ value: `${SECRET}!` }));
    receiver.answerWith('something else');
    const wrong = await call('POST', `/${idOf(made)}/lifecycle/verify`);

    expect(made.json).toMatchObject({ status: 'ACTIVE', verificationStatus: 'UNVERIFIED' });
    expect([made, verified, same, moved].map(({ text }) => text).join('')).not.toContain(SECRET);
    expect(verified.json).toMatchObject({ verificationStatus: 'VERIFIED' });
    expect(same.json).toMatchObject({ verificationStatus: 'VERIFIED' });
    expect(moved.json).toMatchObject({ verificationStatus: 'UNVERIFIED' });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('Verification failed')]);
  });

  test('are refused for a type outside the catalogue, plain http, too many of them; deleted only when inactive', async () => {
    const { call, wish } = await start({ takesHttp: false, pageSize: 10 }, 'v1');
    const uri = 'https://hooks.example.com/okta/events';

    const unknown = await call('POST', '', wish({ uri, types: [...TYPES, 'user.lifecycle.delete'] }));
    const ofEngine = await call('POST', '', wish({ uri, types: ['user.mfa.factor.suspend'] }));
    const many = await call('POST', '', wish({ uri, types: Array(301).fill(TYPES[0]) }));
    const plain = await call('POST', '', wish());
    const made = await Promise.all(Array.from({ length: 26 }, () => call('POST', '', wish({ uri }))));
    const id = idOf(made[0] ?? unknown);
    const early = await call('DELETE', `/${id}`);
    await call('POST', `/${id}/lifecycle/deactivate`);
    const late = await call('DELETE', `/${id}`);

    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining("'user.lifecycle.delete'")]);
    expect([ofEngine.status, many.status, plain.status]).toEqual([400, 400, 400]);
    expect(made.filter(({ status }) => status === 200)).toHaveLength(25);
    expect([early.status, late.status, (await call('GET', `/${id}`)).status]).toEqual([403, 204, 404]);
  });

  test('carry what the log tells, together and with the secret, to active verified hooks alone', async () => {
    const { okta, mutations, users, receiver, hook, call, wish } = await start({ batchMs: 5 });
    const id = await hook();
    await call('POST', '', wish());

    const changes = users.slice(0, 3).map((user) => mutations.suspend(user));
    mutations.changePassword(users[4] ?? '');
    await okta.hooks.settled();
    const posts = receiver.received.filter(({ method }) => method === 'POST');

    expect(changes).toHaveLength(3);
    expect(posts).toHaveLength(1);
    expect(posts[0]?.headers).toMatchObject({ authorization: SECRET, 'content-type': 'application/json' });
    expect(JSON.parse(posts[0]?.body ?? '')).toMatchObject({
      eventType: 'com.okta.event_hook',
      source: `${okta.url}/api/v1/eventHooks/${id}`,
      data: { events: changes.map(() => ({ eventType: 'user.lifecycle.suspend' })) },
    });
  });

  test('repeat once after a 5xx or no answer, never after a 4xx, and log what was given up', async () => {
    const { okta, mutations, users, receiver, hook } = await start();
    await hook();

    for (const statuses of [[500], [0, 503], [400]]) {
      receiver.statuses.splice(0, 9, ...statuses);
      mutations.updateProfile(users[0] ?? '', { title: statuses.join() });
      await okta.hooks.settled();
    }

    expect(okta.hooks.tally).toMatchObject({ requests: 5, repeated: 2, delivered: 1, failed: 2 });
  });

  test('drop, double, delay and shuffle requests when told so', async () => {
    const faults = ['late', 'double', 'shuffle', 'drop'] as const;
    const { okta, mutations, users, receiver, hook } = await start({ faults, batchSize: 2, faultRate: 0.4 });
    await hook();

    for (const user of users.slice(0, 20)) mutations.suspend(user);
    await okta.hooks.settled();
    const events = eventsIn(receiver);

    expect(okta.hooks.tally.dropped).toBeGreaterThan(0);
    expect(new Set(events).size).toBe(20 - 2 * okta.hooks.tally.dropped);
    expect(events.length).toBeGreaterThan(new Set(events).size);
  });

  test('are for their own token and scope, which read nothing of the org but its log', async () => {
    const { okta, call } = await start();
    const reading = { headers: { authorization: 'SSWS simulated-token' } };
    const managing = { headers: { authorization: `SSWS ${DEFAULT_HOOKS_TOKEN}` } };

    const statuses = [
      await send(`${okta.url}/api/v1/eventHooks`, reading),
      await call('GET', ''),
      await send(`${okta.url}/api/v1/users`, managing),
      await send(`${okta.url}/api/v1/logs`, managing),
      await send(`${okta.url}/api/v1/users`, { ...reading, method: 'DELETE' }),
    ].map(({ status }) => status);

    expect(statuses).toEqual([403, 200, 403, 200, 405]);
    expect(await walk(`${okta.url}/api/v1/users`)).toHaveLength(1);
  });
});
