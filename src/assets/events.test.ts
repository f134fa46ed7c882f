import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../enrich/facets.fixture.ts';
import type { EventForm } from '../ocsf/event-form.ts';
import { createAssetEventMaker } from '../ocsf/make-event.ts';
import { DIALECT_NAMES, type DialectName } from '../ocsf/names.ts';
import { ABSENT, officialFaults } from '../ocsf/official/class-schema.fixture.ts';
import { VERSIONS } from '../ocsf/official/versions.ts';
import { createValidate, type Validate } from '../ocsf/validate.ts';
import { EVENT_KINDS, type DeviceFacts, type EventKind, type FactsOfKind } from '../ports/asset-facts.ts';
import type { Made } from '../ports/events.ts';
import { aDevice, aDeviceUser, ONE_OF_EACH } from './asset-facts.fixture.ts';
import { assetForms } from './events.ts';

const OPTIONS = { tenantUid: 'example.okta.com', orgLabel: 'acme' } as const;
const STAMP = { uid: 'event-1', runId: 'run-1', loggedAt: 1_790_000_000_000 };

/** Compiling takes longer than most tests, so each schema is compiled once. */
const validates = new Map<string, Validate>();

function validateOf({ name, schema }: EventForm<never>, kind: EventKind): Validate {
  const key = `${name} ${kind === 'devices' ? 'devices' : 'resources'}`;
  const validate = validates.get(key) ?? createValidate(schema);
  validates.set(key, validate);
  return validate;
}

function made<K extends EventKind>(name: DialectName, kind: K, facts: FactsOfKind[K]): Made | undefined {
  const form: EventForm<FactsOfKind[K]> | undefined = assetForms(name, OPTIONS)[kind];
  return form && createAssetEventMaker(form, validateOf(form, kind))(facts);
}

/** The event as its receiver reads it, stamped; throws when there is none. */
function eventOf<K extends EventKind>(name: DialectName, kind: K, facts: FactsOfKind[K]): unknown {
  const result = made(name, kind, facts);
  if (result?.kind !== 'event') throw new Error(`no event: ${result?.reasons.join(', ')}`);
  return JSON.parse(assetForms(name, OPTIONS)[kind]?.stamp(result.body, STAMP) ?? '');
}

function hashOf(name: DialectName, facts: DeviceFacts): string {
  const result = made(name, 'devices', facts);
  return result?.kind === 'event' ? result.hash : '';
}

const RESOURCES = EVENT_KINDS.filter((kind) => kind !== 'devices');
const NOTHING = { org: {}, readAt: STAMP.loggedAt };
const BARE: FactsOfKind = {
  devices: { device: { id: 'guo1' }, users: unknown(), ...NOTHING },
  groups: {
    group: { id: '00g1', name: undefined, description: undefined, type: undefined },
    roles: unknown(),
    apps: unknown(),
    ...NOTHING,
  },
  apps: { app: { id: '0oa1' }, groups: unknown(), ...NOTHING },
  rules: { rule: { id: '0pr1', groupIds: [] }, groups: [], ...NOTHING },
  roles: { role: { id: 'cr01' }, ...NOTHING },
  org: { record: { id: '00o1' }, host: 'example.okta.com', ...NOTHING },
};

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const stamp = fc.oneof(
  fc.date({ min: new Date('1990-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
  text,
);
const deviceFacts: fc.Arbitrary<DeviceFacts> = fc.record({
  device: fc.record({
    id: text,
    status: maybe(text),
    created: maybe(stamp),
    lastUpdated: maybe(stamp),
    displayName: maybe(text),
    platform: maybe(fc.oneof(fc.constantFrom('WINDOWS', 'MACOS', 'IOS', 'ANDROID', '__proto__'), text)),
    manufacturer: maybe(text),
    model: maybe(text),
    osVersion: maybe(text),
    serialNumber: maybe(text),
    imei: maybe(text),
    managed: maybe(fc.boolean()),
    registered: maybe(fc.boolean()),
    diskEncryptionType: maybe(fc.oneof(fc.constantFrom('FULL', 'NONE', 'constructor'), text)),
  }),
  users: fc.oneof(
    fc.constant(unknown()),
    fc
      .uniqueArray(
        fc.record({
          id: text,
          login: maybe(text),
          created: maybe(stamp),
          managementStatus: maybe(fc.constantFrom('MANAGED', 'NOT_MANAGED', 'OTHER')),
        }),
        { selector: ({ id }) => id, maxLength: 3 },
      )
      .map((users) => known(users)),
  ),
  org: fc.constantFrom({}, { id: '00o1' }, { name: 'x' }),
  readAt: fc.constant(STAMP.loggedAt),
});

it('assets, events: whatever Okta says of a device, it has a valid event without a null, whatever the order of users', () => {
  fc.assert(
    fc.property(deviceFacts, fc.constantFrom(...DIALECT_NAMES), (facts, name) => {
      const result = made(name, 'devices', facts);
      const reversed = facts.users.kind === 'known' ? known(facts.users.value.toReversed()) : facts.users;
      expect(made(name, 'devices', { ...facts, users: reversed })).toEqual(result);
      if (result?.kind === 'event') expect(result.body).not.toContain(':null');
      else expect(name).toBe('sekoia');
    }),
    { numRuns: 300 },
  );
});

describe.each(VERSIONS)('assets, events: by the official schema of OCSF %s', (version) => {
  const name: DialectName = `ocsf-${version}`;
  const ofDevices = officialFaults(version, 'inventory_info');
  const ofResources = officialFaults(version, 'cloud_resources_inventory_info');

  it.skipIf(ofDevices === undefined)(`a device is one, known or nearly unknown (${ABSENT} otherwise)`, () => {
    for (const { devices } of [ONE_OF_EACH, BARE])
      expect(ofDevices?.(eventOf(name, 'devices', devices))).toEqual([]);
  });

  it.skipIf(ofResources === undefined).each(RESOURCES)(`%s are resources`, (kind) => {
    for (const facts of [ONE_OF_EACH, BARE])
      expect(ofResources?.(eventOf(name, kind, facts[kind]))).toEqual([]);
  });
});

describe('assets, events: devices in the official dialects', () => {
  it('say what Okta says, and name the owner when there is one user', () => {
    expect(eventOf('ocsf-1.6.0', 'devices', aDevice())).toMatchObject({
      class_uid: 5001,
      type_uid: 500_102,
      metadata: { uid: 'event-1', correlation_uid: 'run-1', tenant_uid: 'example.okta.com' },
      device: {
        uid: 'guoAAA1',
        name: 'LAPTOP-1',
        hostname: 'LAPTOP-1',
        type: 'Desktop',
        type_id: 2,
        os: { name: 'Windows', type_id: 100, version: '10.0.22621' },
        vendor_name: 'Dell',
        hw_info: { serial_number: 'ABC123' },
        imei_list: ['356938035643809'],
        is_managed: true,
        created_time: 1_714_550_400_000,
        owner: { uid: '00uAAA1', name: 'ana.ruiz@example.com' },
        org: { uid: '00oAAA1', name: 'Example Inc' },
      },
      unmapped: { okta: { status: 'ACTIVE', users: [{ uid: '00uAAA1', management_status: 'MANAGED' }] } },
    });
  });

  it('name no owner of several users, or of users who are unknown or left out', () => {
    const two = known([aDeviceUser(), aDeviceUser({ id: '00uAAA2' })]);
    for (const facts of [{ users: two }, { users: known([]) }, { users: unknown() }, { usersLeftOut: 1 }])
      expect(eventOf('ocsf-1.6.0', 'devices', aDevice({}, facts))).not.toHaveProperty('device.owner');
    expect(eventOf('ocsf-1.6.0', 'devices', aDevice({}, { users: unknown() }))).toHaveProperty(
      'unmapped.okta.unknown',
      ['users'],
    );
  });

  it.each([
    [true, ['NOT_MANAGED'], true],
    [undefined, ['MANAGED', 'MANAGED'], true],
    [undefined, ['NOT_MANAGED'], false],
    [undefined, ['MANAGED', 'NOT_MANAGED'], undefined],
    [undefined, ['MANAGED', 'SOMEHOW'], undefined],
    [undefined, [], undefined],
  ])('with managed %s and users %j are managed: %s', (managed, statuses, expected) => {
    const users = known(
      statuses.map((managementStatus, at) => aDeviceUser({ id: `u${at}`, managementStatus })),
    );
    const event = eventOf('ocsf-1.6.0', 'devices', aDevice({ managed }, { users }));

    expect(Object(event).device.is_managed).toBe(expected);
  });

  it('in 1.3 have no place for vendor and model, which are unmapped', () => {
    const event = eventOf('ocsf-1.3.0', 'devices', aDevice());

    expect(event).not.toHaveProperty('device.vendor_name');
    expect(event).toHaveProperty('unmapped.okta.vendor_name', 'Dell');
    expect(event).toHaveProperty('device.imei', '356938035643809');
  });
});

describe('assets, events: devices in dialect sekoia', () => {
  it('are as the reference writes them, in seconds', () => {
    expect(eventOf('sekoia', 'devices', aDevice({ platform: 'MACOS' }))).toEqual({
      activity_id: 2,
      activity_name: 'Collect',
      category_name: 'Discovery',
      category_uid: 5,
      class_name: 'Device Inventory Info',
      class_uid: 5001,
      type_name: 'Device Inventory Info: Collect',
      type_uid: 500_102,
      severity: 'Informational',
      severity_id: 1,
      metadata: { product: { name: 'Okta', vendor_name: 'Okta', version: 'N/A' }, version: '1.6.0' },
      time: 1_714_550_400,
      device: {
        uid: 'guoAAA1',
        hostname: 'LAPTOP-1',
        type: 'Desktop',
        type_id: 2,
        os: { name: 'macOS', type: 'macos', type_id: 300 },
        vendor_name: 'Dell',
        model: 'Latitude 5540',
        is_managed: true,
        created_time: 1_714_550_400,
        last_seen_time: 1_787_220_000,
      },
      enrichments: [
        {
          name: 'device_info',
          value: 'hardware_and_security',
          data: { Storage_encryption: { partitions: { full: 'Enabled' } } },
        },
      ],
    });
  });

  it('say nothing that Okta does not say', () => {
    const event = eventOf('sekoia', 'devices', aDevice({ managed: undefined, diskEncryptionType: 'NEW' }));

    expect(event).not.toHaveProperty('device.is_managed');
    expect(event).not.toHaveProperty('device.is_compliant');
    expect(event).not.toHaveProperty('enrichments');
    expect(eventOf('sekoia', 'devices', aDevice({ diskEncryptionType: 'NONE' }))).toMatchObject({
      enrichments: [{ data: { Storage_encryption: { partitions: { full: 'Disabled' } } } }],
    });
  });

  it('without a creation date have no event', () => {
    expect(made('sekoia', 'devices', aDevice({ created: undefined }))?.kind).toBe('dead-letter');
  });
});

describe('assets, events: the hash of a device', () => {
  it.each(['sekoia', 'ocsf-1.8.0'] as const)(
    'in %s does not move with a sign-in, but with what is said',
    (name) => {
      const hash = hashOf(name, aDevice());

      expect(
        hashOf(name, aDevice({ lastUpdated: '2026-09-01T00:00:00.000Z' }, { readAt: 1 + STAMP.loggedAt })),
      ).toBe(hash);
      expect(hashOf(name, aDevice({ displayName: 'LAPTOP-2' }))).not.toBe(hash);
      expect(hashOf(name, aDevice({}, { isGone: true }))).not.toBe(hash);
    },
  );

  it('of one that is gone says so', () => {
    const gone = aDevice({}, { isGone: true });

    expect(eventOf('sekoia', 'devices', gone)).toHaveProperty('device.is_managed', false);
    expect(eventOf('ocsf-1.6.0', 'devices', gone)).toMatchObject({
      device: { is_managed: false },
      unmapped: { okta: { status: 'DEACTIVATED', is_removed: true } },
    });
  });
});

describe('assets, events: resources', () => {
  it('have no event where the dialect has no class for them', () => {
    for (const name of ['sekoia', 'ocsf-1.3.0'] as const)
      expect(RESOURCES.map((kind) => assetForms(name)[kind])).toEqual(RESOURCES.map(() => undefined));
  });

  it('say their own edges from 1.5 on, and before where nothing is mapped', () => {
    const graph = {
      uid: '0prAAA1',
      nodes: [
        { uid: '0prAAA1', type: 'okta_rule' },
        { uid: '00gAAA1', name: 'Staff', type: 'okta_user_group' },
        { uid: '00gGONE', type: 'okta_user_group' },
      ],
      edges: [
        { name: 'MANAGES', source: '0prAAA1', target: '00gAAA1' },
        { name: 'MANAGES', source: '0prAAA1', target: '00gGONE' },
      ],
    };

    expect(eventOf('ocsf-1.5.0', 'rules', ONE_OF_EACH.rules)).toMatchObject({
      class_uid: 5023,
      type_uid: 502_302,
      cloud: { provider: 'Okta', org: { uid: '00oAAA1' } },
      resources: [{ labels: ['status:ACTIVE'], resource_relationship: graph }],
    });
    expect(eventOf('ocsf-1.4.0', 'rules', ONE_OF_EACH.rules)).toMatchObject({
      unmapped: { okta: { resource_relationship: graph } },
    });
  });

  it('say at most 200 edges, and that there are more', () => {
    const groups = Array.from({ length: 201 }, (_, at) => ({ id: `00g${at}` }));
    const event = Object(eventOf('ocsf-1.6.0', 'rules', { ...ONE_OF_EACH.rules, groups }));

    expect(event.resources[0].resource_relationship.edges).toHaveLength(200);
    expect(event.resources[0].data.truncated).toBe(true);
  });

  it('of groups have an edge to each active role that they hold, to a custom one by its id', () => {
    const role = { status: 'ACTIVE', label: 'Helpers', type: 'CUSTOM' };
    const roles = known([
      { ...role, id: 'irb1', roleId: 'cr01' },
      { ...role, id: 'irb2', roleId: 'cr01' },
      { ...role, id: 'irb3', roleId: 'cr02', status: 'INACTIVE' },
      { ...role, id: 'irb4' },
      { ...role, id: 'ra1', type: 'USER_ADMIN', label: 'Group Administrator' },
    ]);
    const event = Object(eventOf('ocsf-1.6.0', 'groups', { ...ONE_OF_EACH.groups, apps: known([]), roles }));

    expect(event.resources[0].resource_relationship.nodes.slice(1)).toEqual([
      { uid: 'cr01', name: 'Helpers', type: 'okta_role' },
      { uid: 'okta_role:USER_ADMIN', type: 'okta_role' },
    ]);
  });

  it('say what is unknown', () => {
    expect(eventOf('ocsf-1.6.0', 'groups', BARE.groups)).toMatchObject({
      unmapped: { okta: { unknown: ['members', 'apps', 'roles'] } },
    });
  });

  it('the org is the identity provider, and claims no factors', () => {
    const event = eventOf('ocsf-1.6.0', 'org', ONE_OF_EACH.org);

    expect(event).toMatchObject({
      idp: {
        uid: '00oAAA1',
        name: 'Example Inc',
        domain: 'example.okta.com',
        url_string: 'https://example.okta.com',
      },
    });
    expect(event).not.toHaveProperty('idp.has_mfa');
  });
});
