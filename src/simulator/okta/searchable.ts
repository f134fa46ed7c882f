import type { Operator } from './expressions.ts';
import type { Json } from '../json.ts';
import type { SimulatedGroup, SimulatedUser } from '../org/org-model.ts';
import type { SimulatedOrg } from '../org/org.ts';
import type { Searchable } from './search.ts';
import { userTypeId } from './user-body.ts';

const USER_DATES = ['created', 'activated', 'statusChanged', 'lastUpdated'];
const GROUP_DATES = ['created', 'lastUpdated', 'lastMembershipUpdated'];
const CONTAINS = ['profile.firstName', 'profile.lastName', 'profile.email', 'profile.login'];

/** `search`: every profile attribute, and some of the rest. */
export function searchableUsers(org: SimulatedOrg): Searchable<SimulatedUser> {
  const fields = [...USER_DATES, 'id', 'status', 'type.id'];
  return {
    read: (user, property) => readUser(org, user, property),
    isDate: (property) => USER_DATES.includes(property),
    allows: (property, operator) =>
      (fields.includes(property) || property.startsWith('profile.')) &&
      (operator !== 'co' || CONTAINS.includes(property)),
  };
}

/** `filter`: six properties, equality, and an order only for `lastUpdated`. */
export function filterableUsers(org: SimulatedOrg): Searchable<SimulatedUser> {
  const fields = ['status', 'id', ...CONTAINS];
  return {
    ...searchableUsers(org),
    allows: (property, operator) => allowsFilter(property, operator, fields, ['lastUpdated']),
  };
}

export function searchableGroups(): Searchable<SimulatedGroup> {
  const fields = [...GROUP_DATES, 'id', 'type', 'source.id'];
  return {
    read: readGroup,
    isDate: (property) => GROUP_DATES.includes(property),
    allows: (property) => fields.includes(property) || property.startsWith('profile.'),
  };
}

export function filterableGroups(): Searchable<SimulatedGroup> {
  const stamps = ['lastUpdated', 'lastMembershipUpdated'];
  return {
    ...searchableGroups(),
    allows: (property, operator) => allowsFilter(property, operator, ['id', 'type'], stamps),
  };
}

function allowsFilter(
  property: string,
  operator: Operator,
  fields: readonly string[],
  stamps: readonly string[],
): boolean {
  if (stamps.includes(property)) return ['eq', 'gt', 'ge', 'lt', 'le'].includes(operator);
  return fields.includes(property) && operator === 'eq';
}

function readUser(org: SimulatedOrg, user: SimulatedUser, property: string): Json {
  if (property.startsWith('profile.')) return org.profile(user)[property.slice('profile.'.length)];
  const values: Record<string, Json> = {
    id: user.id,
    status: user.status,
    created: user.createdAt,
    activated: user.activatedAt,
    statusChanged: user.statusChangedAt,
    lastUpdated: user.lastUpdatedAt,
  };
  return property === 'type.id' ? userTypeId(org) : values[property];
}

function readGroup(group: SimulatedGroup, property: string): Json {
  const values: Record<string, Json> = {
    id: group.id,
    type: group.type,
    created: group.createdAt,
    lastUpdated: group.lastUpdatedAt,
    lastMembershipUpdated: group.lastMembershipUpdatedAt,
    'profile.name': group.name,
    'profile.description': group.description,
    'source.id': group.sourceAppId,
  };
  return values[property];
}
