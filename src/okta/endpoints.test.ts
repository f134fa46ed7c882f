import { describe, expect, test } from 'vitest';
import { bucketGuessOf, endpointOf, ENDPOINTS, pathAbout, type Endpoint } from './endpoints.ts';

const ROWS: readonly (readonly [string, Endpoint])[] = Object.entries(ENDPOINTS);

describe('okta, endpoints', () => {
  test.each(ROWS)(
    '%s has a limit, and a scope and an admin role unless it is answered to anyone',
    (_, row) => {
      const isOfApi = row.template.startsWith('/api/');

      expect(row.bucket.limit).toBeGreaterThan(0);
      expect(row.grant !== undefined).toBe(isOfApi);
      expect(row.isUncounted === true).toBe(!isOfApi);
      if (row.grant !== undefined) expect(row.grant.scope).toMatch(/^okta\.\w+\.read$/);
    },
  );

  test('names no endpoint twice', () => {
    const templates = ROWS.map(([, { template }]) => template);

    expect(new Set(templates).size).toBe(templates.length);
    expect(templates.map((template) => endpointOf(template)?.template)).toEqual(templates);
  });

  test('counts what it does not hold to the bucket of most other endpoints', () => {
    expect(bucketGuessOf('/api/v1/idps')).toEqual({ name: 'other', limit: 600 });
  });

  test('counts everything below applications together, but an application alone, and rules to groups', () => {
    const bucketsOf = (...templates: readonly string[]): Set<string> =>
      new Set(templates.map((template) => bucketGuessOf(template).name));

    const { apps, app, usersOfApp, userOfApp, groupsOfApp, rules, rule, group } = ENDPOINTS;
    const ofApps = [apps, usersOfApp, userOfApp, groupsOfApp].map(({ template }) => template);
    expect(bucketsOf(...ofApps)).toEqual(new Set(['apps']));
    expect(bucketGuessOf(app.template).name).toBe('app');
    expect(bucketsOf(rules.template, rule.template)).toEqual(new Set(['groups']));
    expect(bucketGuessOf(group.template).name).toBe('group');
  });

  test('an id stands in a path as it is, whatever signs it holds', () => {
    expect(pathAbout(ENDPOINTS.factorsOfUser, '$&1')).toBe('/api/v1/users/$&1/factors');
  });
});
