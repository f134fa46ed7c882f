import { z } from 'zod';
import { InventoryError } from '../../ports/errors.ts';
import { GAP_REASONS } from '../../ports/org.ts';
import type {
  Facet,
  Factor,
  GapReason,
  HeldRoles,
  PerUserLookup,
  Role,
  User,
  UserFacets,
} from '../../ports/org.ts';

/** Reads the inventory's own JSON. The inventory wrote these texts itself, so only their outer shape is checked. */
function parse<T>(text: string, is: (value: unknown) => value is T): T {
  const value: unknown = JSON.parse(text);
  if (is(value)) return value;
  throw nonsense();
}

function nonsense(): InventoryError {
  return new InventoryError('the inventory holds a record that makes no sense', {
    hint: 'the file was changed by something else: move it away, the next run then starts afresh',
  });
}

function isUser(value: unknown): value is User {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}

function isRoles(value: unknown): value is readonly Role[] {
  return Array.isArray(value);
}

function isFactors(value: unknown): value is readonly Factor[] {
  return Array.isArray(value);
}

function isHeldRoles(value: unknown): value is HeldRoles {
  return typeof value === 'object' && value !== null && 'roles' in value && Array.isArray(value.roles);
}

type PerUserFacets = Pick<UserFacets, PerUserLookup>;

function arePerUserFacets(facets: Readonly<Record<PerUserLookup, Facet<unknown>>>): facets is PerUserFacets {
  return Object.values(facets).every((facet) => facet.kind !== 'known' || Array.isArray(facet.value));
}

const NO_ROLES: readonly Role[] = [];
const gapSchema = z.enum(GAP_REASONS);

export const readUser = (text: string): User => parse(text, isUser);
// Nearly every group holds no role, so the parser is not needed for that.
export const readRoles = (text: string): readonly Role[] => (text === '[]' ? NO_ROLES : parse(text, isRoles));
export const readFactors = (text: string): readonly Factor[] => parse(text, isFactors);
export const readHeldRoles = (text: string): HeldRoles => parse(text, isHeldRoles);
/** Answers of per-user lookups, which are lists. */
export function asPerUserFacets(facets: Readonly<Record<PerUserLookup, Facet<unknown>>>): PerUserFacets {
  if (arePerUserFacets(facets)) return facets;
  throw nonsense();
}
export const readGap = (text: string): GapReason => gapSchema.parse(text);

/** `undefined` where the text is no JSON: for rows that may be left out. */
export function jsonIfAny(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
