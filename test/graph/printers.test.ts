import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { neo4jFiles } from '../../src/graph/neo4j.ts';
import { opengraph } from '../../src/graph/opengraph.ts';
import {
  ADA,
  BOB,
  CUSTOM,
  DIRECTORY,
  EVE,
  HOST,
  LAPTOP,
  openGraph,
  PAY,
  PAYROLL,
  plantAll,
} from './planted.fixture.ts';

/** The rules of BloodHound's published schemas for nodes and edges, and those of its documentation beyond them. */
const id = z.string().regex(/^[^:]+$/u);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const property = z.union([
  scalar,
  z.array(z.string()).min(1),
  z.array(z.number()).min(1),
  z.array(z.boolean()).min(1),
]);
const node = z.strictObject({
  id,
  kinds: z.array(z.string().regex(/^\w+$/u)).min(1).max(3),
  properties: z
    .record(z.string().regex(/^[a-z][a-z0-9_]*$/u), property)
    .refine((properties) => !('objectid' in properties))
    .and(
      z.looseObject({
        name: z.string(),
        display_name: z.string(),
        okta_domain: z.string(),
        environmentid: id,
      }),
    ),
});
const end = z.strictObject({ match_by: z.literal('id'), value: id });
const edge = z.strictObject({ kind: z.string().regex(/^\w+$/u), start: end, end });
const document = z.strictObject({
  metadata: z.strictObject({ source_kind: z.literal('Okta') }),
  graph: z.strictObject({ nodes: z.array(node), edges: z.array(edge) }),
});

async function openGraphOf(
  names: 'snake' | 'camel',
  adminEdges = false,
): Promise<z.output<typeof document>['graph']> {
  const text = [...opengraph(openGraph(await plantAll()), { names, adminEdges })].join('');
  return (names === 'snake' ? document : z.any()).parse(JSON.parse(text)).graph;
}

describe('opengraph', () => {
  test.each([false, true])(
    'follows the schemas of BloodHound, and every edge has two ends, with admin edges: %s',
    async (hasAdminEdges) => {
      const { nodes, edges } = await openGraphOf('snake', hasAdminEdges);
      const ids = nodes.map((each) => each.id);

      expect(new Set(ids).size).toBe(ids.length);
      expect(
        edges.filter(({ start, end: to }) => !ids.includes(start.value) || !ids.includes(to.value)),
      ).toEqual([]);
      expect(new Set(edges.map((each) => JSON.stringify(each))).size).toBe(edges.length);
      expect([...new Set(nodes.flatMap(({ kinds }) => kinds))].toSorted()).toEqual([
        'Okta_Application',
        'Okta_CustomRole',
        'Okta_Device',
        'Okta_Group',
        'Okta_Organization',
        'Okta_Role',
        'Okta_RoleAssignment',
        'Okta_User',
      ]);
    },
  );

  test('says what is known of users', async () => {
    const { nodes } = await openGraphOf('snake');
    const of = (key: string) => nodes.find((each) => each.id === key)?.properties;

    expect(of(ADA)).toMatchObject({ authentication_factors: 1, has_mfa: true, has_role_assignments: true });
    expect(of(BOB)).toMatchObject({ authentication_factors: 0, has_mfa: false, has_role_assignments: false });
    expect(of(EVE)).toMatchObject({ enabled: true, login: 'eve' });
    expect(of(EVE)).not.toHaveProperty('authentication_factors');
    expect(of(EVE)).not.toHaveProperty('has_mfa');
    expect(of(PAYROLL)).toMatchObject({ name: 'payroll', display_name: 'Payroll' });
    expect(of('00oACME000000000001')).toMatchObject({ collected: true, name: 'Acme' });
  });

  test('says how far roles reach', async () => {
    const { nodes, edges } = await openGraphOf('snake');
    const from = (kind: string, start: string): readonly string[] =>
      edges.flatMap((each) => (each.kind === kind && each.start.value === start ? [each.end.value] : []));

    expect(from('Okta_HasRole', ADA)).toEqual([`SUPER_ADMIN@${HOST}`, CUSTOM]);
    expect(from('Okta_HasRoleAssignment', ADA)).toEqual([`ra1_${ADA}`, `irb1_${ADA}`, `irb2_${ADA}`]);
    expect(from('Okta_ScopedTo', `ra1_${ADA}`)).toEqual(['00oACME000000000001']);
    expect(from('Okta_ScopedTo', `irb1_${ADA}`)).toEqual([PAY]);
    // All applications of a name in the catalogue.
    expect(from('Okta_ScopedTo', `irb2_${ADA}`)).toEqual([PAYROLL]);
    // Nothing tells whether it is limited.
    expect(from('Okta_ScopedTo', `gra1_${PAY}`)).toEqual([]);
    expect(from('Okta_SuperAdmin', ADA)).toEqual(['00oACME000000000001']);
    expect(from('Okta_DeviceOf', LAPTOP)).toEqual([ADA, BOB]);
    expect(from('Okta_MemberOf', BOB)).toContain(DIRECTORY);
    expect(nodes.find((each) => each.id === `irb1_${ADA}`)?.properties).toMatchObject({ type: 'CUSTOM' });
  });

  test('has the older names of properties too, when asked for', async () => {
    const { nodes } = await openGraphOf('camel');

    expect(nodes.find((each) => each.id === ADA)?.properties).toMatchObject({
      authenticationFactors: 1,
      lastLogin: expect.any(String),
      passwordChanged: expect.any(String),
    });
  });
});

/** RFC 4180. */
function readCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const fields = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/gu)];
  const rows: string[][] = [[]];
  for (const [, inQuotes, plain, after] of fields) {
    rows.at(-1)?.push(inQuotes?.replaceAll('""', '"') ?? plain ?? '');
    if (after === '\n') rows.push([]);
  }
  const [header = [], ...data] = rows.slice(0, -1);
  return data.map((row) => {
    expect(row).toHaveLength(header.length);
    return Object.fromEntries(header.map((name, at) => [name, row[at] ?? '']));
  });
}

test('the files for neo4j are read by a reader of CSV, and no end of a relationship dangles', async () => {
  const files = [...neo4jFiles(openGraph(await plantAll()))];
  const read = new Map(files.map(({ name, lines }) => [name, readCsv([...lines].join(''))]));

  const rows = (start: string) =>
    [...read].filter(([name]) => name.startsWith(start)).flatMap(([, each]) => each);
  const keys = new Set(rows('nodes-').map((row) => row[':ID']));
  expect(keys.size).toBe(rows('nodes-').length);
  const dangling = rows('relationships-').filter(
    (row) => !keys.has(row[':START_ID']) || !keys.has(row[':END_ID']),
  );
  expect(dangling).toEqual([]);
  expect(read.get('relationships-okta_rule_manages_user_group.csv')).toHaveLength(1);
  expect(read.get('nodes-okta_user_group.csv')?.find((row) => row[':ID'] === PAY)).toMatchObject({
    'name:string': 'Payroll, "all"',
    'description:string': 'pays\nus',
    'usersCount:long': '3',
    ':LABEL': 'okta_user_group;UserGroup',
  });
  expect(read.get('nodes-okta_application.csv')?.find((row) => row[':ID'] === PAYROLL)).toMatchObject({
    'features:string[]': 'A;B',
    'active:boolean': 'true',
  });
});
