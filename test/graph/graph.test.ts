import { IntegrationSchema } from '@jupiterone/data-model';
import { describe, expect, test } from 'vitest';
import { READ_AT } from '../../src/enrich/facets.fixture.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { createRedactor } from '../../src/shaping/redaction.ts';
import { ndjson } from '../../src/graph/ndjson.ts';
import {
  ACCOUNT,
  ADA,
  ALL,
  AWS,
  BOB,
  BOT,
  CLOSED,
  CUSTOM,
  DIRECTORY,
  EVE,
  GONE_GROUP,
  HIDDEN,
  HOST,
  LAPTOP,
  OLD,
  openGraph,
  PAY,
  PAYROLL,
  PHONE,
  plantAll,
  plantUsers,
  RULE,
} from './planted.fixture.ts';

type Line = Readonly<Record<string, unknown>>;

function linesOf(graph: Graph): readonly Line[] {
  return [...ndjson(graph)].map((line) => JSON.parse(line));
}

function entity(lines: readonly Line[], key: string): Line {
  return lines.find(({ _key }) => _key === key) ?? {};
}

/** `from|to` of all relationships of a type. */
function edges(lines: readonly Line[], type: string): readonly string[] {
  return lines
    .filter(({ _type }) => _type === type)
    .map(({ _fromEntityKey, _toEntityKey }) => `${String(_fromEntityKey)} ${String(_toEntityKey)}`);
}

describe('the graph', () => {
  test('has entities that pass the data model of JupiterOne', async () => {
    const lines = linesOf(openGraph(await plantAll())).filter((line) => Array.isArray(line['_class']));

    const faults = lines.flatMap((line) =>
      [line['_class']].flat().flatMap((name) => {
        const validate = IntegrationSchema.getSchema(`#${String(name)}`);
        return validate?.(line) === true ? [] : [{ key: line['_key'], name, errors: validate?.errors }];
      }),
    );
    expect(faults).toEqual([]);
    expect([...new Set(lines.map(({ _type }) => _type))]).toHaveLength(12);
  });

  test('has every relationship between what there is', async () => {
    const lines = linesOf(openGraph(await plantAll()));
    const account = `okta_account_${HOST}`;
    const [admin, reader, writer] = [
      'aws_iam_role:prod:Admin',
      `arn:aws:iam::${ACCOUNT}:role/Reader`,
      `arn:aws:iam::${ACCOUNT}:role/Writer`,
    ];

    const of = (type: string): readonly string[] => edges(lines, type);
    expect(of('okta_account_has_application')).toEqual(
      [AWS, HIDDEN, CLOSED, PAYROLL].toSorted().map((id) => `${account} ${id}`),
    );
    expect(of('okta_account_has_group')).toHaveLength(3);
    expect(of('okta_account_has_rule')).toEqual([`${account} ${RULE}`]);
    expect(of('okta_account_has_service')).toEqual([`${account} okta:mfa:acme`, `${account} okta:sso:acme`]);
    expect(of('okta_account_has_user')).toHaveLength(5);
    expect(of('okta_account_has_device')).toHaveLength(2);
    // Everyone has all who are not deactivated.
    expect(of('okta_group_has_user')).toEqual(
      [
        ...[ADA, BOB, BOT, EVE].map((id) => `${ALL} ${id}`),
        `${DIRECTORY} ${BOB}`,
        ...[ADA, EVE, OLD].map((id) => `${PAY} ${id}`),
      ].toSorted(),
    );
    expect(of('okta_group_assigned_application')).toEqual(
      [`${ALL} ${AWS}`, `${PAY} ${AWS}`, `${PAY} ${CLOSED}`, `${PAY} ${PAYROLL}`].toSorted(),
    );
    expect(of('okta_user_assigned_application')).toEqual(
      [`${ADA} ${AWS}`, `${ADA} ${PAYROLL}`, `${BOB} ${CLOSED}`, `${BOB} ${HIDDEN}`].toSorted(),
    );
    expect(of('okta_rule_manages_user_group')).toEqual(
      [`${RULE} ${GONE_GROUP}`, `${RULE} ${PAY}`].toSorted(),
    );
    expect(of('okta_user_assigned_factor')).toHaveLength(2);
    expect(of('okta_user_assigned_aws_iam_role')).toEqual(
      [`${ADA} ${reader}`, `${ADA} ${admin}`, `${BOB} ${reader}`].toSorted(),
    );
    expect(of('okta_user_group_assigned_aws_iam_role')).toEqual([`${PAY} ${reader}`, `${PAY} ${writer}`]);
    expect(of('okta_user_assigned_role')).toEqual([
      `${ADA} okta_role:SUPER_ADMIN`,
      `${ADA} okta_role:${CUSTOM}`,
    ]);
    expect(of('okta_user_group_assigned_role')).toEqual([`${PAY} okta_role:APP_ADMIN`]);
    expect(of('okta_user_has_device')).toEqual([`${ADA} ${LAPTOP}`, `${BOB} ${LAPTOP}`]);
    expect(of('okta_user_manages_user')).toEqual([`${ADA} ${EVE}`]);
    expect(of('person_is_okta_user')).toEqual(
      [ADA, BOB].map((id) => `person:ada@acme.com ${id}`).concat(`person:old@acme.com ${OLD}`),
    );
  });

  test('says only what is known', async () => {
    const lines = linesOf(openGraph(await plantAll()));

    expect(entity(lines, ADA)).toMatchObject({ isMfaEnabled: true, isAdmin: true, isPerson: true });
    expect(entity(lines, BOB)).toMatchObject({ isMfaEnabled: false, isAdmin: false, isPerson: true });
    expect(entity(lines, BOT)).toMatchObject({ isPerson: false });
    expect(entity(lines, EVE)).toMatchObject({ email: null, isPerson: false, isAdmin: true });
    expect(entity(lines, EVE)).not.toHaveProperty('isMfaEnabled');
    expect(entity(lines, HIDDEN)).toMatchObject({ name: HIDDEN, _stub: true });
    expect(entity(lines, HIDDEN)).not.toHaveProperty('active');
    expect(entity(lines, PHONE)).not.toHaveProperty('managed');
    expect(entity(lines, `${RULE}|manages|${GONE_GROUP}`)).toMatchObject({ _dangling: true });
    expect(entity(lines, `${RULE}|manages|${PAY}`)).not.toHaveProperty('_dangling');
    expect(entity(lines, `${ADA}|assigned|${PAYROLL}`)).toMatchObject({ status: 'SUSPENDED', usable: false });
    expect(entity(lines, `${BOB}|assigned|${CLOSED}`)).toMatchObject({ status: 'ACTIVE', usable: false });
    expect(entity(lines, `${BOB}|assigned|${HIDDEN}`)).not.toHaveProperty('usable');
  });

  test('tells ways of access, with the groups that give it', async () => {
    const lines = linesOf(openGraph(await plantAll(), { access: 'effective' }));

    const to = (user: string, app: string): Line => entity(lines, `${user}|assigned|${app}`);
    expect(to(ADA, PAYROLL)).toMatchObject({ direct: true, via: [PAY], usable: false });
    // Okta says that a group gives it, and none does.
    expect(to(BOB, PAYROLL)).toMatchObject({ direct: false, via: [], usable: true, unexplained: true });
    // A group gives it, and Okta does not have it.
    expect(to(EVE, PAYROLL)).not.toHaveProperty('usable');
    expect(to(EVE, PAYROLL)).toMatchObject({ direct: false, via: [PAY], unexplained: true });
    expect(to(BOB, AWS)).toMatchObject({ direct: false, via: [ALL], usable: true });
  });

  test('does not say how an assignment was made where Okta does not', async () => {
    const scene = await plantAll();
    const set = { kind: 'app-users', owner: PAYROLL } as const;
    const status = 'ACTIVE';
    for (const id of [ADA, BOB]) await scene.assets.saveLink(set, id, { id, status }, READ_AT + 1);
    await scene.assets.dropSet({ kind: 'app-users', owner: AWS });
    const lines = linesOf(openGraph(scene, { access: 'effective' }));

    const to = (user: string, app: string): Line => entity(lines, `${user}|assigned|${app}`);
    expect(to(ADA, PAYROLL)).toMatchObject({ via: [PAY], usable: true });
    expect(to(BOB, PAYROLL)).toMatchObject({ via: [], usable: true });
    // Direct assignments to an application whose users are not read are not known.
    expect(to(BOB, AWS)).toMatchObject({ via: [ALL] });
    for (const line of [to(ADA, PAYROLL), to(BOB, PAYROLL), to(BOB, AWS)])
      expect(Object.keys(line)).not.toEqual(expect.arrayContaining([expect.stringMatching(/direct|unexpl/)]));
    expect(lines[0]).toMatchObject({
      _meta: { unknown: { 'app-users': 2 }, complete: { okta_user_assigned_application: false } },
    });
  });

  test('says of odd records no more than Okta does', async () => {
    const scene = await plantAll();
    const { assets } = scene;
    await assets.save('app', [{ id: CLOSED, label: 'No status' }], READ_AT + 1);
    // One of them is not in the inventory: the selection may have left that user out.
    const excludedUsers = ['00uSTRANGER00000001', ADA];
    await assets.save('rule', [{ id: RULE, groupIds: [], excludedUsers }], READ_AT + 1);
    const samlRoles = ['arn:aws:iam::999999999999:role/a/B,arn:aws:iam::999999999999:saml-provider/okta'];
    await assets.saveLink({ kind: 'app-users', owner: AWS }, BOB, { id: BOB, samlRoles }, READ_AT + 1);
    const lines = linesOf(openGraph(scene));

    expect(entity(lines, CLOSED)).toMatchObject({ label: 'No status' });
    expect(entity(lines, CLOSED)).not.toHaveProperty('_stub');
    expect(entity(lines, RULE)).toMatchObject({ excludedUsers: [ADA] });
    expect(entity(lines, PHONE)).toMatchObject({ displayName: PHONE, hostname: null });
    expect(entity(lines, 'arn:aws:iam::999999999999:role/a/B')).toMatchObject({ roleName: 'a/B' });
  });

  test('begins with what it is about and what it does not know', async () => {
    const scene = await plantAll();
    const asked = {
      OKTA_USER_SEARCH: 'status eq "x"',
      INCLUDE_GROUPS: ['Sales, "all"', '00g1'],
      EXCLUDE_GROUPS: null,
      STATUSES: ['"LOCKED_OUT"', '"ACTIVE"'],
      ASSETS: ['groups', 'apps', 'app-users', 'rules', 'devices', 'org'].map((each) => JSON.stringify(each)),
      LOOKUPS: ['groups', 'group-roles', 'factors', 'roles'].map((each) => JSON.stringify(each)),
    };
    await scene.runs.saveState({ askedSettings: JSON.stringify(Object.entries(asked)) });
    const lines = linesOf(openGraph(scene));
    const [first] = lines;
    const meta = JSON.parse(JSON.stringify(first?.['_meta']));

    expect(meta).toMatchObject({
      org: '00oACME000000000001',
      host: HOST,
      at: new Date(READ_AT).toISOString(),
      run_id: 'run 1',
      version: '1',
      selection: 'OKTA_USER_SEARCH=status eq "x" INCLUDE_GROUPS=Sales, "all",00g1 STATUSES=LOCKED_OUT,ACTIVE',
      redacted: null,
      unknown: { factors: 1, roles: 1, 'app-users': 0, apps: 0, 'aws-roles': 1 },
      counts: { okta_user: 5, okta_role: 3, aws_iam_role: 3, okta_user_assigned_role: 2 },
    });
    expect(entity(lines, `okta_account_${HOST}`)).toMatchObject({ selection: meta.selection });
    const incomplete = Object.entries(meta.complete).flatMap(([type, is]) => (is === true ? [] : [type]));
    expect(incomplete.toSorted()).toEqual([
      'mfa_device',
      'okta_role',
      'okta_user_assigned_factor',
      'okta_user_assigned_role',
    ]);
  });

  test('of an org whose assets were not read says that they are not known', async () => {
    const graph = openGraph(await plantUsers());
    const [first] = linesOf(graph);
    const meta = JSON.parse(JSON.stringify(first?.['_meta']));

    expect(graph.unread()).toEqual(['apps', 'devices', 'org', 'rules']);
    expect(meta.unknown).toMatchObject({ apps: 1, rules: 1, devices: 1, org: 1 });
    expect(meta.complete).toMatchObject({ okta_application: false, okta_user: false });
    expect(meta.counts).toMatchObject({ okta_user: 5, okta_application: 0, okta_group_has_user: 8 });
  });

  test('of a redacted inventory says so, and takes no hash for an address', async () => {
    const redaction = createRedactor(new Map([['email', 'hash']]), 'k'.repeat(32));
    const scene = await plantAll();
    // Opening it applies the redaction.
    scene.reopen({ redaction });
    const lines = linesOf(openGraph(scene));

    expect(lines[0]).toMatchObject({
      _meta: {
        redacted: ['email'],
        complete: { okta_user: true, person: false, okta_user_manages_user: false },
      },
    });
    expect(entity(lines, ADA)).toMatchObject({ email: [], username: ['ada@acme.com'] });
    expect(JSON.stringify(lines)).not.toContain('ADA@acme.com');
  });

  test('is the same byte for byte, in the order of keys', async () => {
    const scene = await plantAll();
    const texts = [0, 1].map(() => [...ndjson(openGraph(scene))]);

    expect(texts[0]).toEqual(texts[1]);
    const kinds = Map.groupBy(linesOf(openGraph(scene)), ({ _type }) => String(_type));
    for (const lines of kinds.values()) {
      const keys = lines.map(({ _key }) => String(_key));
      expect(keys).toEqual([...new Set(keys)].toSorted());
    }
  });
});
