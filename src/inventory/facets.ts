import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Facet, Group, GroupFacets, Reading, Role, UserFacets } from '../ports.ts';
import { integer, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';

const rolesSchema = z.array(
  z.object({ id: z.string(), type: z.string(), status: z.string(), label: z.string().optional() }),
);
const gapSchema = z.enum(['refused', 'missing', 'unavailable', 'unreadable', 'gone']);
const NO_ROLES: readonly Role[] = [];

function readRoles(json: string): readonly Role[] {
  if (json === '[]') return NO_ROLES; // nearly every group: spare the parser
  return rolesSchema.parse(JSON.parse(json)).map((role) => ({ ...role, label: role.label }));
}

function rolesOf(row: Row): Facet<readonly Role[]> {
  const gap = optionalText(row, 'roles_gap');
  if (gap !== undefined) return { kind: 'unknown', reason: gapSchema.parse(gap) };
  const roles = optionalText(row, 'roles');
  if (roles === undefined) return { kind: 'not-asked' };
  return { kind: 'known', value: readRoles(roles), readAt: integer(row, 'roles_read_at') };
}

function groupOf(row: Row): Group {
  return {
    id: text(row, 'id'),
    name: optionalText(row, 'name'),
    description: optionalText(row, 'description'),
    type: optionalText(row, 'type'),
  };
}

/** Puts together what the inventory knows of a user: what an event is made of. */
export class FacetReader {
  readonly #groupsOf;

  constructor(database: DatabaseSync) {
    // Everyone holds everybody: its members are never read.
    this.#groupsOf = database.prepare(`
      SELECT id, name, description, type, roles, roles_read_at, roles_gap FROM groups WHERE id IN (
        SELECT group_id FROM memberships WHERE user_id = ?
        UNION ALL SELECT id FROM groups WHERE type = 'BUILT_IN' AND name = 'Everyone')
      ORDER BY id`);
  }

  read(reading: Reading): UserFacets {
    const { user, readAt, factors, roles } = reading;
    return { user, readAt, factors, roles, groups: this.#groups(reading) };
  }

  #groups({ user, readAt, groups }: Reading): Facet<readonly GroupFacets[]> {
    if (groups !== 'by-membership' && groups.kind !== 'known') return groups;
    const rows = this.#groupsOf.all(user.id);
    // A user's own list is the truth on Everyone too: a member of nothing stays one.
    const listed = groups === 'by-membership' ? undefined : new Set(groups.value.map(({ id }) => id));
    const value = rows
      .filter((row) => listed === undefined || listed.has(text(row, 'id')))
      .map((row) => ({ group: groupOf(row), roles: rolesOf(row) }));
    return { kind: 'known', value, readAt: groups === 'by-membership' ? readAt : groups.readAt };
  }
}
