import type { GraphSource, ViewRow } from '../ports/graph.ts';
import { key, text, texts } from './cells.ts';

/** An admin role of the org. Its key does not change when its label does. */
export interface NamedRole {
  readonly key: string;
  readonly type: string;
  readonly label: string | undefined;
  readonly permissions: readonly string[] | undefined;
}

/** Roles by their keys: those that somebody holds, and the custom ones of the org. */
export function namedRoles(source: GraphSource): ReadonlyMap<string, NamedRole> {
  const roles = new Map<string, NamedRole>();
  for (const row of source.rows('custom_roles', ['id'])) {
    const id = `okta_role:${key(row, 'id')}`;
    roles.set(id, {
      key: id,
      type: 'CUSTOM',
      label: text(row, 'label'),
      permissions: texts(row, 'permissions'),
    });
  }
  const keyOf = roleKeys(source);
  for (const view of ['group_roles', 'held_roles']) {
    for (const row of source.rows(view, ['type', 'label', 'id'])) {
      const found = keyOf(row);
      const isCustom = text(row, 'type') === 'CUSTOM';
      const made = { key: found, type: key(row, 'type'), label: text(row, 'label'), permissions: undefined };
      if (!roles.has(found) || !isCustom) roles.set(found, roles.get(found) ?? made);
    }
  }
  return roles;
}

/**
 * The key of the role that a row of `group_roles` or `held_roles` names. Answers of a time without `ASSETS` name a custom
 * role by its label alone.
 */
export function roleKeys(source: GraphSource): (row: ViewRow) => string {
  const customIds = new Map<string, string>();
  for (const row of source.rows('custom_roles', ['id']))
    customIds.set(text(row, 'label') ?? '', key(row, 'id'));
  return (row) => {
    const type = key(row, 'type');
    if (type !== 'CUSTOM') return `okta_role:${type}`;
    const label = text(row, 'label') ?? type;
    return `okta_role:${text(row, 'role_id') ?? customIds.get(label) ?? label}`;
  };
}
