import { z } from 'zod';
import { InventoryError } from '../../ports/errors.ts';
import { byName } from '../../enrich/by-name.ts';
import { GAP_REASONS, PER_USER_LOOKUPS } from '../../ports/org.ts';
import type { GapReason, HeldRoles, PerUserLookup, Role, User, UserAnswers } from '../../ports/org.ts';

/** Reads the inventory's own JSON. The inventory wrote these texts itself, so only their outer shape is checked. */
function parse<T>(text: string, is: (value: unknown) => value is T): T {
  const value: unknown = JSON.parse(text);
  if (is(value)) return value;
  throw new InventoryError('the inventory holds a record that makes no sense', {
    hint: 'the file was changed by something else: move it away, the next run then starts afresh',
  });
}

function isUser(value: unknown): value is User {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}

function isRoles(value: unknown): value is readonly Role[] {
  return Array.isArray(value);
}

function isHeldRoles(value: unknown): value is HeldRoles {
  return typeof value === 'object' && value !== null && 'roles' in value && Array.isArray(value.roles);
}

const NO_ROLES: readonly Role[] = [];
const gapSchema = z.enum(GAP_REASONS);

export const readUser = (text: string): User => parse(text, isUser);
// Nearly every group holds no role, so the parser is not needed for that.
export const readRoles = (text: string): readonly Role[] => (text === '[]' ? NO_ROLES : parse(text, isRoles));
export const readHeldRoles = (text: string): HeldRoles => parse(text, isHeldRoles);
/** Answers of per-user lookups, which are lists. */
export const readPerUser: { readonly [L in PerUserLookup]: (text: string) => UserAnswers[L] } = byName(
  PER_USER_LOOKUPS,
  (lookup) => (text) => parse(text, (value): value is UserAnswers[typeof lookup] => Array.isArray(value)),
);
export const readGap = (text: string): GapReason => gapSchema.parse(text);
