/** A small org that has every case of the graph once, put into an inventory by its stores. */
import { aFactor, aRole, aUser, known, READ_AT, unknown } from '../../src/enrich/facets.fixture.ts';
import {
  aReading,
  createScene,
  EVERYONE,
  pageOf,
  pages,
  saveMembers,
  sized,
  type Scene,
} from '../../src/inventory/sqlite/inventory.fixture.ts';
import { onTestFinished } from 'vitest';
import { graphOf, type Graph, type GraphWishes } from '../../src/graph/graph.ts';
import { openGraphSource } from '../../src/inventory/sqlite/views/graph-source.ts';
import type { SetKey } from '../../src/ports/assets.ts';
import type { Reading } from '../../src/ports/inventory.ts';
import type { User } from '../../src/ports/org.ts';
import { aReport } from '../../src/ports/report.fixture.ts';

export const HOST = 'acme.okta.com';
export const [ADA, BOB, BOT, EVE, OLD] = [
  '00uADA0000000000001',
  '00uBOB0000000000001',
  '00uBOT0000000000001',
  '00uEVE0000000000001',
  '00uOLD0000000000001',
] as const;
export const [ALL, PAY, DIRECTORY] = [
  '00gALL0000000000001',
  '00gPAY0000000000001',
  '00gAPP0000000000001',
] as const;
export const GONE_GROUP = '00gGONE000000000001';
export const [PAYROLL, AWS, CLOSED, HIDDEN] = [
  '0oaPAY0000000000001',
  '0oaAWS0000000000001',
  '0oaOFF0000000000001',
  '0oaHID0000000000001',
] as const;
export const [RULE, LAPTOP, PHONE, CUSTOM] = [
  '0prRULE000000000001',
  'guoLAPTOP0000000001',
  'guoPHONE00000000001',
  'cr0HELP000000000001',
] as const;
export const ACCOUNT = '123456789012';

/** An inventory with users and groups alone, as without `ASSETS`. */
export async function plantUsers(): Promise<Scene> {
  const scene = createScene();
  const { groups, runs, users } = scene;
  await runs.bindOrg({ id: '00oACME000000000001', host: HOST, at: undefined });
  await groups.save(
    pageOf(
      { ...EVERYONE, id: ALL },
      sized(PAY, { name: 'Payroll, "all"', description: 'pays\nus' }),
      sized(DIRECTORY, { name: 'Domain Users', type: 'APP_GROUP' }),
    ),
    READ_AT,
  );
  for (const user of USERS) await users.save(user);
  await saveMembers(scene, PAY, pages([ADA, EVE, OLD]));
  await saveMembers(scene, DIRECTORY, pages([BOB]));
  return scene;
}

/** The same, with every asset. */
export async function plantAll(): Promise<Scene> {
  const scene = await plantUsers();
  await plantApps(scene);
  await plantOthers(scene);
  await scene.evaluated();
  await endRun(scene);
  return scene;
}

async function endRun({ runs }: Scene): Promise<void> {
  await runs.saveState({ fullEndedAt: READ_AT, endedAt: READ_AT, fullRuns: 1 });
  await runs.noteEnd(aReport({ run_id: 'run 1' }), READ_AT);
}

function reading(id: string, user: Partial<User>, changes: Partial<Reading> = {}): Reading {
  return aReading({
    user: aUser({ id, ...user }),
    groups: 'by-membership',
    factors: known([]),
    roles: known({ roles: [], includesGroups: false }),
    ...changes,
  });
}

const USERS: readonly Reading[] = [
  reading(
    ADA,
    { login: 'ada@acme.com', email: 'ada@acme.com', displayName: 'Ada "L"' },
    {
      factors: known([
        aFactor({ id: 'opfADA00000000000001', details: { vendorName: 'OKTA', name: "Ada's phone" } }),
        aFactor({ id: 'smsADA00000000000001', type: 'sms', status: 'PENDING_ACTIVATION' }),
      ]),
      roles: known({
        roles: [
          aRole({ id: 'ra1', assignmentType: 'USER', targets: { groups: [], apps: [] } }),
          aRole({
            id: 'irb1',
            type: 'CUSTOM',
            label: 'Help, desk',
            assignmentType: 'USER',
            roleId: CUSTOM,
            targets: { groups: [PAY], apps: [] },
          }),
          aRole({
            id: 'irb2',
            type: 'CUSTOM',
            label: 'Help, desk',
            assignmentType: 'USER',
            roleId: CUSTOM,
            targets: { groups: [], apps: [{ name: 'payroll' }] },
          }),
        ],
        includesGroups: true,
      }),
    },
  ),
  // One person with two accounts, and no factor at all.
  reading(BOB, { login: 'ada.admin@acme.com', email: 'ADA@acme.com' }),
  reading(BOT, { login: 'bot@acme.com', email: 'bot@acme.com', userType: ' Service ' }),
  reading(
    EVE,
    {
      login: 'eve',
      email: undefined,
      firstName: undefined,
      status: 'LOCKED_OUT',
      managerId: ADA.toLowerCase(),
    },
    { factors: unknown('unavailable'), roles: unknown('refused') },
  ),
  reading(OLD, { login: 'old@acme.com', email: 'old@acme.com', status: 'DEPROVISIONED' }),
];

async function* one<T>(...records: readonly T[]): AsyncGenerator<readonly T[]> {
  yield records;
}

async function plantApps({ assets }: Scene): Promise<void> {
  const active = { status: 'ACTIVE', created: '2024-01-01T00:00:00.000Z' };
  const arn = `arn:aws:iam::${ACCOUNT}:saml-provider/okta`;
  await assets.save(
    'app',
    [
      {
        id: PAYROLL,
        name: 'payroll',
        label: 'Payroll',
        signOnMode: 'SAML_2_0',
        features: ['A', 'B'],
        ...active,
      },
      {
        id: AWS,
        name: 'amazon_aws',
        label: 'AWS',
        ...active,
        settings: { awsEnvironmentType: 'aws.amazon', identityProviderArn: arn },
      },
      { id: CLOSED, name: 'closed', label: 'Closed', ...active, status: 'INACTIVE' },
    ],
    READ_AT,
  );
  await assets.noteListed('app', READ_AT);
  const of = (kind: 'app-users', owner: string): SetKey & { readonly kind: 'app-users' } => ({ kind, owner });
  const status = 'ACTIVE';
  await assets.replaceSet(
    of('app-users', PAYROLL),
    one(
      { id: ADA, scope: 'USER', status: 'SUSPENDED' },
      { id: BOB, scope: 'GROUP', status },
      { id: OLD, scope: 'GROUP', status },
      // Left the selection, or was never in it.
      { id: '00uSTRANGER00000001', scope: 'USER', status },
    ),
    READ_AT,
  );
  const samlRoles = ['[prod] -- Admin', 'Reader'];
  await assets.replaceSet(
    of('app-users', AWS),
    one(
      { id: ADA, scope: 'USER', status, samlRoles, unreadableRoles: 1 },
      { id: BOB, scope: 'GROUP', status, role: 'Reader' },
    ),
    READ_AT,
  );
  await assets.replaceSet(of('app-users', CLOSED), one({ id: BOB, scope: 'USER', status }), READ_AT);
  await assets.replaceSet(of('app-users', HIDDEN), one({ id: BOB, scope: 'USER', status }), READ_AT);
  const groupsOf = (owner: string) => ({ kind: 'app-groups', owner }) as const;
  await assets.replaceSet(groupsOf(PAYROLL), one({ id: PAY, priority: 2 }, { id: GONE_GROUP }), READ_AT);
  await assets.replaceSet(
    groupsOf(AWS),
    one({ id: PAY, priority: 1, role: 'Reader' }, { id: PAY, priority: 0, role: 'Writer' }, { id: ALL }),
    READ_AT,
  );
  await assets.replaceSet(groupsOf(CLOSED), one({ id: PAY }), READ_AT);
}

async function plantOthers({ assets, groups }: Scene): Promise<void> {
  await assets.save(
    'rule',
    [
      {
        id: RULE,
        name: 'Payroll people',
        status: 'INVALID',
        expression: 'user.x == "y"',
        groupIds: [PAY, GONE_GROUP],
      },
    ],
    READ_AT,
  );
  await assets.save(
    'device',
    [
      { id: LAPTOP, status: 'ACTIVE', displayName: 'LAPTOP-1', platform: 'WINDOWS', osVersion: '11' },
      { id: PHONE },
    ],
    READ_AT,
  );
  const users = one({ id: ADA, managementStatus: 'MANAGED' }, { id: BOB });
  await assets.replaceSet({ kind: 'device-users', owner: LAPTOP }, users, READ_AT);
  await assets.replaceSet({ kind: 'device-users', owner: PHONE }, one(), READ_AT);
  await assets.save(
    'org',
    [{ id: '00oACME000000000001', companyName: 'Acme', supportStatus: 'ENABLED' }],
    READ_AT,
  );
  await assets.save('role', [{ id: CUSTOM, label: 'Help, desk', permissions: ['okta.users.read'] }], READ_AT);
  for (const kind of ['rule', 'device', 'org'] as const) await assets.noteListed(kind, READ_AT);
  await groups.saveNoRoles([ALL, DIRECTORY], READ_AT);
  await groups.saveRoles(
    PAY,
    known([aRole({ id: 'gra1', type: 'APP_ADMIN', label: 'App Admin' })]),
    READ_AT,
    0,
  );
}

const DAY_MS = 86_400_000;

export function openGraph({ folder }: Scene, options: Partial<GraphWishes> = {}): Graph {
  const source = openGraphSource(folder, DAY_MS);
  onTestFinished(() => source.close());
  return graphOf(source, { access: 'direct', version: '1', ...options });
}
