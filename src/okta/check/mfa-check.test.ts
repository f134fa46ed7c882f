import { expect, test } from 'vitest';
import { checkMfaRule } from './mfa-check.ts';
import { createClient, json, problem, useOkta, type Asked } from '../okta.fixture.ts';

const okta = useOkta();

const FACTORS: Readonly<Record<string, readonly object[]>> = {
  mail: [{ id: '1', factorType: 'email', status: 'ACTIVE' }],
  pending: [{ id: '1', factorType: 'push', status: 'PENDING_ACTIVATION' }],
  push: [{ id: '1', factorType: 'push', status: 'ACTIVE' }],
  nothing: [],
};

function answer({ path }: Asked): Response {
  const id = /users\/([^/]+)\/factors/.exec(path)?.[1];
  if (id === 'gone') return problem(404, 'E0000007');
  if (id !== undefined) return json([...(FACTORS[id] ?? [])]);
  const limit = Number(new URL(path, 'https://acme.example').searchParams.get('limit'));
  const ids = [...Object.keys(FACTORS), 'gone'].slice(0, limit);
  return json(ids.map((id) => ({ id, profile: { login: `${id}@example.com` } })));
}

test('okta, mfa check: shows what the rules would say of some users, and none of their names', async () => {
  okta.serve(answer);

  const check = await checkMfaRule(createClient(), 100);

  expect(check.status).toBe('warning');
  expect(check.detail).toContain(
    ': of 4 users read, any says 3 have MFA (1 by e-mail alone), active 2, strong 1',
  );
  expect(JSON.stringify(check)).not.toContain('example.com');
});

test('okta, mfa check: spends no more calls than the bucket can spare', async () => {
  const asked = okta.serve(answer);

  const { detail } = await checkMfaRule(createClient(), 3);

  expect(asked).toHaveLength(3);
  expect(detail).toContain('of 2 users');
});

test('okta, mfa check: warns without a sample where nobody can be read', async () => {
  okta.serve(() => problem(403, 'E0000006'));

  const { detail } = await checkMfaRule(createClient(), 100);

  expect(detail).toBe('on Identity Engine a verified e-mail counts as a factor');
});
