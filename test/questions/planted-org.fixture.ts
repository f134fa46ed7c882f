/** An org with a case of every saved question, its unknown twin and what is nearly one, put into an inventory by its stores. */
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
import type { AppRecord, AppUserRecord, SetKind, SetRecords } from '../../src/ports/assets.ts';
import type { Reading } from '../../src/ports/inventory.ts';
import type { Factor, HeldRoles, Known, Role, User } from '../../src/ports/org.ts';

const DAY_MS = 86_400_000;
const HISTORY = { days: 30, asked: '' };

/** So many days before everything was read. */
function daysBefore(days: number): string {
  return new Date(READ_AT - days * DAY_MS).toISOString();
}

const PUSH = aFactor({ id: 'opf1' });
const SMS = aFactor({ id: 'sms1', type: 'sms' });
const PENDING = aFactor({ id: 'opf2', status: 'PENDING_ACTIVATION' });

const NOBODY: HeldRoles = { roles: [], includesGroups: false };
const OWNER: HeldRoles = { roles: [aRole({ assignmentType: 'USER' })], includesGroups: false };
const FORMER: HeldRoles = {
  roles: [aRole({ assignmentType: 'USER', status: 'INACTIVE' })],
  includesGroups: false,
};

interface Planted {
  readonly user?: Partial<User>;
  readonly factors?: readonly Factor[] | 'unknown';
  readonly roles?: HeldRoles | 'unknown';
  readonly changes?: Partial<Reading>;
}

/** By id, which is the login, too. Left out: a person who signs in, with a strong factor and no role. */
const USERS: Readonly<Record<string, Planted>> = {
  nobody: {},
  // Administrators and their factors.
  'admin-with-mfa': { roles: OWNER },
  'admin-without-mfa': { roles: OWNER, factors: [] },
  'admin-pending-mfa': { roles: OWNER, factors: [PENDING] },
  'admin-factors-unknown': { roles: OWNER, factors: 'unknown' },
  'admin-locked-out': { roles: OWNER, factors: [], user: { status: 'LOCKED_OUT' } },
  'admin-suspended': { roles: OWNER, factors: [], user: { status: 'SUSPENDED' } },
  'admin-status-unknown': { roles: OWNER, factors: [], user: { status: undefined, lastLogin: undefined } },
  'admin-by-group': { factors: [] },
  'former-admin': { roles: FORMER, factors: [] },
  'roles-unknown': { roles: 'unknown', factors: [], user: { lastLogin: daysBefore(400) } },
  'group-roles-unknown': { factors: [], user: { status: 'SUSPENDED' } },
  'user-factors-unknown': { factors: 'unknown' },
  // Persons and others.
  robot: { user: { userType: ' Service ' } },
  'robot-admin': { user: { userType: 'bot' }, roles: OWNER },
  'robot-roles-unknown': { user: { userType: 'bot' }, roles: 'unknown' },
  'robot-gone': { user: { userType: 'bot', status: 'DEPROVISIONED' } },
  'without-mail': { user: { email: undefined } },
  employee: { user: { userType: 'Employee' } },
  // Nothing was made of the answers so far, so that nobody has judged the type.
  'type-unjudged': { user: { userType: 'bot' }, roles: OWNER, changes: { isComplete: false } },
  // Sign-ins and passwords.
  'never-signed-in': { user: { lastLogin: undefined } },
  'never-signed-in-staged': { user: { lastLogin: undefined, status: 'STAGED' } },
  'dormant-admin': { roles: OWNER, user: { lastLogin: daysBefore(181) } },
  'resting-admin': { roles: OWNER, user: { lastLogin: daysBefore(179) } },
  'old-admin-never': { roles: OWNER, user: { lastLogin: undefined, created: daysBefore(200) } },
  'new-admin-never': { roles: OWNER, user: { lastLogin: undefined, created: daysBefore(10) } },
  'admin-age-unknown': { roles: OWNER, user: { lastLogin: undefined, created: undefined } },
  dormant: { user: { lastLogin: daysBefore(91) } },
  resting: { user: { lastLogin: daysBefore(89) } },
  'old-password': { user: { passwordChanged: daysBefore(366) } },
  'young-password': { user: { passwordChanged: daysBefore(364) } },
  'password-unknown': { user: { passwordChanged: undefined } },
  'old-password-suspended': { user: { passwordChanged: daysBefore(900), status: 'SUSPENDED' } },
  // Factors.
  'weak-mfa': { factors: [SMS, PENDING] },
  'weak-and-strong-mfa': { factors: [SMS, PUSH] },
  'without-mfa': { factors: [] },
  // Applications.
  assigned: {},
  'member-of-payers': {},
  unexplained: {},
  'scope-unknown': {},
  // History.
  promoted: {},
  'came-to-admins': {},
  'in-group-that-gets-a-role': {},
  'came-to-payers': {},
  'came-to-roles-refused': {},
  'roles-known-late': { roles: 'unknown' },
  'groups-unknown': { changes: { groups: unknown('refused') } },
};

function readingOf(id: string, { user, factors, roles, changes }: Planted): Reading {
  const rolesOf = (held: HeldRoles): Known<HeldRoles> => known(held);
  return aReading({
    user: aUser({
      id,
      login: id,
      email: `${id}@example.com`,
      displayName: id,
      lastLogin: daysBefore(1),
      passwordChanged: daysBefore(30),
      ...user,
    }),
    groups: 'by-membership',
    factors: factors === 'unknown' ? unknown('unavailable') : known(factors ?? [PUSH]),
    roles: roles === 'unknown' ? unknown('refused') : rolesOf(roles ?? NOBODY),
    ...changes,
  });
}

/** By id, with the members; `unread`: nobody could list them. */
const GROUPS: Readonly<Record<string, readonly string[] | 'unread'>> = {
  payers: ['member-of-payers'],
  'app-admins': ['admin-by-group'],
  'roles-refused': ['group-roles-unknown'],
  'gets-a-role': ['in-group-that-gets-a-role'],
  'nobodys-group': [],
  'unread-group': 'unread',
  // Somebody outside the selection.
  'strangers-group': ['00uSTRANGER'],
};

const APP_ADMIN: Role = aRole({ id: 'gra1', type: 'APP_ADMIN', label: 'Application Administrator' });

export async function plantOrg(): Promise<Scene> {
  const scene = createScene({ history: HISTORY });
  const { groups, runs, users } = scene;
  await runs.bindOrg({ id: '00oACME', host: 'acme.okta.com', at: undefined });
  await groups.save(
    pageOf(
      EVERYONE,
      ...Object.keys(GROUPS).map((id) => sized(id, { name: id, usersCount: id === 'nobodys-group' ? 0 : 1 })),
    ),
    READ_AT,
  );
  const asked = [EVERYONE.id, ...Object.keys(GROUPS)].filter((id) => id !== 'roles-refused');
  await groups.saveNoRoles(asked, READ_AT);
  await groups.saveRoles('app-admins', known([APP_ADMIN], READ_AT + 1), READ_AT + 1, 0);
  await groups.saveRoles('roles-refused', unknown('refused'), READ_AT + 1, 0);
  for (const [id, members] of Object.entries(GROUPS))
    if (members !== 'unread') await saveMembers(scene, id, pages(members));
  for (const [id, planted] of Object.entries(USERS)) await users.save(readingOf(id, planted));
  await plantApps(scene);
  await plantRules(scene);
  await plantDevices(scene);
  await scene.evaluated();
  await runs.saveState({ fullEndedAt: READ_AT, endedAt: READ_AT, fullRuns: 1 });
  return { ...scene, ...(await changed(scene)) };
}

/** A second run reads what has changed. */
async function changed(first: Scene) {
  const scene = { ...first, ...first.reopen({ history: HISTORY, runId: 'run 2' }) };
  const { groups, users } = scene;
  const at = READ_AT + 60_000;
  const changes = { readAt: at, askedAt: at };
  for (const id of ['promoted', 'roles-known-late'])
    await users.save(readingOf(id, { roles: OWNER, changes }));
  for (const [id, member] of [
    ['app-admins', 'came-to-admins'],
    ['payers', 'came-to-payers'],
    ['roles-refused', 'came-to-roles-refused'],
  ] as const) {
    const members = GROUPS[id] === 'unread' ? [] : (GROUPS[id] ?? []);
    await saveMembers(scene, id, pages([...members, member]), { readAt: at, now: () => at });
  }
  await groups.saveRoles('gets-a-role', known([APP_ADMIN], at), at, 0);
  await scene.evaluated();
  return scene;
}

async function* one<T>(records: readonly T[]): AsyncGenerator<readonly T[]> {
  yield records;
}

function setOf<K extends SetKind>({ assets }: Scene, kind: K, owner: string) {
  return (...records: readonly SetRecords[K][]) => assets.replaceSet({ kind, owner }, one(records), READ_AT);
}

const APPS: Readonly<Record<string, Partial<AppRecord>>> = {
  payroll: { label: 'Payroll', name: 'acme_payroll' },
  'for-everyone': {},
  'for-everyone-inactive': { status: 'INACTIVE' },
  'without-assignment': { isImplicit: true },
  'everyone-unknown': {},
  unused: {},
  'unused-inactive': { status: 'INACTIVE' },
  'unused-but-by-stranger': {},
  'unused-but-by-gone-group': {},
  'users-unread': {},
  'groups-unread': {},
  'members-unread': {},
};

/** The users of each application as Okta gives them; left out: nobody; undefined: not read. */
const APP_USERS: Readonly<Record<string, readonly AppUserRecord[] | undefined>> = {
  payroll: [
    { id: 'assigned', scope: 'USER', status: 'ACTIVE' },
    { id: 'nobody', scope: 'USER', status: 'SUSPENDED' },
    { id: 'member-of-payers', scope: 'GROUP', status: 'ACTIVE' },
    { id: 'unexplained', scope: 'GROUP', status: 'ACTIVE' },
    { id: 'scope-unknown', status: 'ACTIVE' },
    { id: 'groups-unknown', scope: 'GROUP', status: 'ACTIVE' },
  ],
  'for-everyone': undefined,
  'everyone-unknown': undefined,
  'unused-but-by-stranger': [{ id: '00uSTRANGER', scope: 'USER', status: 'ACTIVE' }],
  'users-unread': undefined,
  'groups-unread': [{ id: 'dormant', scope: 'GROUP', status: 'ACTIVE' }],
  'members-unread': [{ id: 'resting', scope: 'GROUP', status: 'ACTIVE' }],
};

const APP_GROUPS: Readonly<Record<string, readonly string[] | undefined>> = {
  payroll: ['payers'],
  'for-everyone': [EVERYONE.id],
  'for-everyone-inactive': [EVERYONE.id],
  'everyone-unknown': undefined,
  'unused-but-by-gone-group': ['00gGONE'],
  'groups-unread': undefined,
  'members-unread': ['unread-group'],
};

async function plantApps(scene: Scene): Promise<void> {
  const records = Object.entries(APPS).map(([id, app]) => ({
    id,
    name: id,
    label: id,
    status: 'ACTIVE',
    ...app,
  }));
  await scene.assets.save('app', records, READ_AT);
  await scene.assets.noteListed('app', READ_AT);
  for (const id of Object.keys(APPS)) {
    const users = id in APP_USERS ? APP_USERS[id] : [];
    const groups = id in APP_GROUPS ? APP_GROUPS[id] : [];
    if (users !== undefined) await setOf(scene, 'app-users', id)(...users);
    if (groups !== undefined) await setOf(scene, 'app-groups', id)(...groups.map((group) => ({ id: group })));
  }
}

const RULES = [
  { id: 'rule', groupIds: ['payers'] },
  { id: 'rule-inactive', status: 'INACTIVE', groupIds: ['app-admins'] },
  { id: 'rule-invalid', status: 'INVALID', groupIds: ['payers'] },
  { id: 'rule-of-gone-group', groupIds: ['00gGONE'] },
  { id: 'rule-status-unknown', status: undefined, groupIds: ['app-admins'] },
  { id: 'rule-into-admins', groupIds: ['payers', 'app-admins'] },
  { id: 'rule-into-roles-refused', groupIds: ['roles-refused'] },
];

async function plantRules({ assets }: Scene): Promise<void> {
  await assets.save(
    'rule',
    RULES.map((rule) => ({ name: rule.id, status: 'ACTIVE', ...rule })),
    READ_AT,
  );
  await assets.noteListed('rule', READ_AT);
}

const DEVICES = [
  { id: 'device', users: ['nobody'] },
  { id: 'device-deactivated', status: 'DEACTIVATED', users: ['admin-suspended', 'nobody'] },
  { id: 'device-of-suspended', status: 'SUSPENDED', users: ['admin-suspended'] },
  { id: 'device-of-status-unknown', status: 'SUSPENDED', users: ['admin-status-unknown'] },
  { id: 'device-status-unknown', status: undefined, users: ['nobody'] },
  { id: 'device-users-unread', status: 'DEACTIVATED', users: undefined },
];

async function plantDevices(scene: Scene): Promise<void> {
  await scene.assets.save(
    'device',
    DEVICES.map(({ id, ...device }) => ({
      id,
      displayName: id,
      status: 'status' in device ? device.status : 'ACTIVE',
    })),
    READ_AT,
  );
  await scene.assets.noteListed('device', READ_AT);
  for (const { id, users } of DEVICES)
    if (users !== undefined) await setOf(scene, 'device-users', id)(...users.map((user) => ({ id: user })));
}

/** The ids of all that is planted. */
export const EVERYBODY: readonly string[] = [
  EVERYONE.id,
  ...[USERS, GROUPS, APPS].flatMap((planted) => Object.keys(planted)),
  ...[...RULES, ...DEVICES].map(({ id }) => id),
];
