import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOrg, startOktaServer, type OktaServer, type SimulatedUser } from '../index.ts';
import { ask, walk } from '../loopback.fixture.ts';

const org = createOrg({ users: 400, deprovisionedShare: 0.1 });
const [first] = org.users;
const stamp = Date.UTC(2025, 6, 1);
const later = (user: SimulatedUser): boolean => (user.lastUpdatedAt ?? 0) >= stamp;
let server: OktaServer;

beforeAll(async () => {
  server = await startOktaServer(org, { rates: { limits: 1e9 } });
});
afterAll(() => server.close());

async function find(path: string, key: string, expression: string): Promise<string[]> {
  return (await walk(`${server.url}${path}?limit=7&${key}=${encodeURIComponent(expression)}`)).flat();
}

describe('simulated okta, search: search and filter', () => {
  test.each([
    ['status eq "DEPROVISIONED"', (user: SimulatedUser) => user.status === 'DEPROVISIONED'],
    ['lastUpdated ge "2025-07-01T00:00:00.000Z"', later],
    ['lastUpdated lt "2025-07-01T00:00:00.000Z"', (user: SimulatedUser) => !later(user)],
    ['lastUpdated gt "1970-01-01T00:00:00.000Z"', () => true],
    [
      '(status eq "SUSPENDED" OR status eq "LOCKED_OUT") and lastUpdated ge "2025-07-01T00:00:00.000Z"',
      (user: SimulatedUser) => ['SUSPENDED', 'LOCKED_OUT'].includes(user.status) && later(user),
    ],
    [`id eq "${first?.id}"`, (user: SimulatedUser) => user === first],
    [
      'status eq "STAGED" or status eq "ACTIVE" and id eq "nobody"',
      (user: SimulatedUser) => user.status === 'STAGED',
    ],
  ])('find users by %s', async (expression, isWanted) => {
    const wanted = org.users.filter(isWanted).map((user) => user.id);

    expect(await find('/api/v1/users', 'search', expression)).toEqual(wanted);
    expect(await find('/api/v1/users', 'filter', expression)).toEqual(wanted);
  });

  test('find users by what their profile says', async () => {
    const login = JSON.stringify(first && org.profile(first)['login']);
    const inSales = org.users
      .filter((user) => org.profile(user)['department'] === 'Sales')
      .map((user) => user.id);

    expect(await find('/api/v1/users', 'search', `profile.login eq ${login.toUpperCase()}`)).toEqual([
      first?.id,
    ]);
    expect(await find('/api/v1/users', 'filter', `profile.login eq ${login}`)).toEqual([first?.id]);
    expect(await find('/api/v1/users', 'search', 'profile.department eq "Sales"')).toEqual(inSales);
    expect((await find('/api/v1/users', 'search', 'profile.badges eq "b"')).length).toBeGreaterThan(0);
  });

  test('find groups by their stamps', async () => {
    const wanted = org.groups
      .filter((group) => group.lastUpdatedAt >= stamp || group.lastMembershipUpdatedAt >= stamp)
      .map((group) => group.id);
    const expression =
      'lastUpdated ge "2025-07-01T00:00:00.000Z" or lastMembershipUpdated ge "2025-07-01T00:00:00.000Z"';

    expect(await find('/api/v1/groups', 'search', expression)).toEqual(wanted);
  });

  test.each([
    ['search', 'lastLogin gt "2025-01-01T00:00:00Z"'],
    ['search', 'status ne "ACTIVE"'],
    ['search', '(status eq "ACTIVE"'],
    ['search', 'status eq "ACTIVE'],
    ['search', 'status eq ACTIVE'],
    ['search', 'lastUpdated ge "yesterday"'],
    ['search', ''],
    ['filter', 'status sw "ACT"'],
    ['filter', 'created gt "2025-01-01T00:00:00Z"'],
    ['filter', 'profile.department eq "Sales"'],
  ])('refuse %s=%s', async (key, expression) => {
    const seen = await ask(`${server.url}/api/v1/users?${key}=${encodeURIComponent(expression)}`);

    expect(seen.status).toBe(400);
    expect(seen.json).toMatchObject({ errorCode: 'E0000031' });
  });

  test('do not go together', async () => {
    const seen = await ask(`${server.url}/api/v1/users?search=a&filter=b`);

    expect(seen.json).toMatchObject({ errorCode: 'E0000033' });
  });
});
