import type { Graph } from './graph.ts';
import type { Properties } from './model.ts';

/** `camel`: some properties also by the names that BloodHound's searches of before mid-2026 use. */
export type PropertyNames = 'snake' | 'camel';

/** The facts of the org that nodes and edges share. */
export interface AboutOrg {
  /** The id of the org, or its host where Okta does not tell it. */
  readonly org: string;
  readonly host: string;
  readonly propertyNames: PropertyNames;
  /** Admin roles by their keys: few. */
  readonly roles: ReadonlyMap<string, Properties>;
  /** Ids of groups and applications, and of the applications of each name in Okta's catalogue. */
  readonly scopes: ReadonlySet<string>;
  readonly appsNamed: ReadonlyMap<string, readonly string[]>;
}

export function aboutOf(graph: Graph, propertyNames: PropertyNames): AboutOrg {
  const roles = new Map<string, Properties>();
  const scopes = new Set<string>();
  const appsNamed = new Map<string, readonly string[]>();
  for (const { type, all } of graph.entities) {
    if (type === 'okta_role') for (const { _key, properties } of all()) roles.set(_key, properties);
    if (type !== 'okta_application' && type !== 'okta_user_group' && type !== 'okta_app_user_group') continue;
    for (const { _key, properties } of all()) {
      scopes.add(_key);
      const { shortName } = properties;
      if (typeof shortName === 'string')
        appsNamed.set(shortName, [...(appsNamed.get(shortName) ?? []), _key]);
    }
  }
  return { ...graph.about(), propertyNames, roles, scopes, appsNamed };
}
