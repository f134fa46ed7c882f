import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ASSETS, type Asset } from '../../ports/assets.ts';
import type { Lookup } from '../../ports/org.ts';
import { findGranted, scopeFor, scopesFor } from './scopes.ts';

const USERS = 'okta.users.read';
const ALL = [USERS, 'okta.groups.read', 'okta.roles.read', 'okta.logs.read'];

describe('okta, scopes: the scopes asked for', () => {
  test.each<[readonly Lookup[], boolean, readonly string[]]>([
    [['factors'], false, ['users']],
    [['groups'], false, ['users', 'groups']],
    [['groups', 'group-roles'], false, ['users', 'groups', 'roles']],
    [['roles'], false, ['users', 'groups', 'roles']],
    [['factors'], true, ['users', 'logs']],
    [['groups', 'group-roles', 'factors', 'roles'], true, ['users', 'groups', 'roles', 'logs']],
  ])('for %j, log %s: %j', (lookups, readsLog, expected) => {
    const wanted = { lookups: new Set(lookups), assets: new Set<Asset>() };

    expect(scopesFor(wanted, readsLog)).toEqual(expected.map((name) => `okta.${name}.read`));
  });

  test.each<[readonly Asset[], readonly string[]]>([
    [['groups'], ['users', 'groups']],
    [['apps'], ['users', 'groups', 'apps']],
    [['rules'], ['users', 'groups']],
    [['devices'], ['users', 'devices']],
    [['org'], ['users', 'orgs', 'roles']],
    [ASSETS, ['users', 'groups', 'apps', 'devices', 'orgs', 'roles']],
  ])('for the assets %j: %j', (assets, expected) => {
    const wanted = { lookups: new Set<Lookup>(['factors']), assets: new Set(assets) };

    expect(scopesFor(wanted, false)).toEqual(expected.map((name) => `okta.${name}.read`));
  });

  test.each([
    ['/api/v1/users', 'users'],
    ['/api/v1/users/{id}/factors', 'users'],
    ['/api/v1/users/{id}/groups', 'users'],
    ['/api/v1/users/{id}/roles', 'roles'],
    ['/api/v1/groups/{id}/roles', 'roles'],
    ['/api/v1/groups/{id}/users', 'groups'],
    ['/api/v1/iam/assignees/users', 'roles'],
    ['/api/v1/logs', 'logs'],
    ['/api/v1/groups/rules', 'groups'],
    ['/api/v1/groups/{id}/apps', 'groups'],
    ['/api/v1/apps/{id}', 'apps'],
    ['/api/v1/devices/{id}/users', 'devices'],
    ['/api/v1/org', 'orgs'],
    ['/api/v1/iam/roles/{id}/permissions', 'roles'],
  ])('%s needs %s', (template, name) => {
    expect(scopeFor(template)).toBe(`okta.${name}.read`);
  });
});

describe('okta, scopes: what Okta grants', () => {
  test('is found by at most four requests, never asking twice for the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(ALL.slice(1)), fc.subarray(ALL.slice(1)), async (wanted, granted) => {
        const asked: string[] = [];
        const request = async (scopes: readonly string[]): Promise<string | undefined> => {
          asked.push(scopes.join(' '));
          return scopes.every((scope) => [USERS, ...granted].includes(scope)) ? scopes.join(' ') : undefined;
        };

        const found = await findGranted([USERS, ...wanted], request);

        const both = [USERS, ...wanted.filter((scope) => granted.includes(scope))];
        expect(found?.token).toBe(found?.scopes.join(' '));
        expect(found?.scopes).toContain(USERS);
        expect(asked.length).toBeLessThanOrEqual(4);
        expect(new Set(asked).size).toBe(asked.length);
        // Only who lacks groups loses more than is missing: then no request is left to try the others.
        if (!wanted.includes('okta.groups.read') || granted.includes('okta.groups.read')) {
          expect(found?.scopes).toEqual(both);
        }
      }),
    );
  });

  test('is found exactly, whatever of the scopes of assets is missing beside', async () => {
    const wanted = [...ALL, 'okta.apps.read', 'okta.devices.read', 'okta.orgs.read'];
    await fc.assert(
      fc.asyncProperty(fc.subarray(wanted.slice(1)), async (granted) => {
        const asked: string[] = [];

        const found = await findGranted(wanted, async (scopes) => {
          asked.push(scopes.join(' '));
          return scopes.every((scope) => [USERS, ...granted].includes(scope)) ? 'token' : undefined;
        });

        expect(found?.scopes).toEqual([USERS, ...wanted.filter((scope) => granted.includes(scope))]);
        expect(asked.length).toBeLessThanOrEqual(13);
        expect(new Set(asked).size).toBe(asked.length);
      }),
    );
  });

  test('is nothing when not even users are', async () => {
    expect(await findGranted(ALL, async () => undefined)).toBeUndefined();
  });
});
