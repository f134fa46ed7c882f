import type { Branch } from './leaves.ts';

/** Parts of a JSON schema, as far as paths need them. */
type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Paths that okta-ocsf decides or promises itself. No expression may change them. */
const PROTECTED =
  /^(?:metadata|activity_\w+|category_\w+|class_\w+|type_\w+|severity\w*|time|raw_data\w*|enrichments|observables|unmapped\.okta|user\.(?:uid|name|account|groups|has_mfa|type|type_id|risk_\w+))(?:\.|$)/u;

const SCALARS = ['string', 'number', 'boolean'].map((type) => ({ type }));
const VALUE = { anyOf: [...SCALARS, { type: 'array', items: { anyOf: SCALARS } }] };
const TEXT = { type: 'string', minLength: 1 };

/** Attributes of every official version for which Okta has no field of its own. */
const ALSO_OFFICIAL: Readonly<Record<string, Schema>> = {
  'user.uid_alt': TEXT,
  'user.credential_uid': TEXT,
  'user.org.uid': TEXT,
  'user.org.ou_uid': TEXT,
  'user.ldap_person.hire_time': { type: 'integer' },
  'user.ldap_person.leave_time': { type: 'integer' },
  'user.ldap_person.deleted_time': { type: 'integer' },
  'user.ldap_person.ldap_cn': TEXT,
  'user.ldap_person.ldap_dn': TEXT,
};

export type FoundPath =
  { readonly kind: 'known'; readonly schema: Schema } | { readonly kind: 'wrong'; readonly problem: string };

/** May a value be put at this path of the event, and of which type? */
export function findPath(schema: unknown, path: string, isOfficial: boolean): FoundPath {
  if (!/^\w+(?:\.\w+)*$/u.test(path) || path.split('.').includes('__proto__'))
    return wrong(`${path} is not a path of names with dots between them`);
  if (PROTECTED.test(path)) return wrong(`${path} is decided by okta-ocsf and cannot be mapped`);
  if (/^unmapped\.\w/u.test(path)) return { kind: 'known', schema: VALUE };
  const also = Object.hasOwn(ALSO_OFFICIAL, path) ? ALSO_OFFICIAL[path] : undefined;
  if (isOfficial && also !== undefined) return { kind: 'known', schema: also };
  const found = path.split('.').reduce<unknown>((at, key) => propertyOf(schema, at, key), schema);
  if (!isSchema(found)) return wrong(`${path} is no path of the dialect's events`);
  const leaf = resolve(schema, found);
  if ('properties' in leaf) return wrong(`${path} is an object: name one of its attributes`);
  return { kind: 'known', schema: leaf };
}

function wrong(problem: string): FoundPath {
  return { kind: 'wrong', problem };
}

/** A schema of this project refers only to its own definitions. */
function resolve(root: unknown, schema: Schema): Schema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  const found = reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (isSchema(at) ? at[key] : undefined), root);
  return isSchema(found) ? resolve(root, found) : schema;
}

function propertyOf(root: unknown, schema: unknown, key: string): unknown {
  if (!isSchema(schema)) return undefined;
  const { properties } = resolve(root, schema);
  return isSchema(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

/** The dialect's schema, with room for values mapped to paths that it does not have. */
export function withPaths(schema: unknown, paths: readonly string[]): unknown {
  return paths.reduce((widened, path) => {
    const shape = Object.hasOwn(ALSO_OFFICIAL, path) ? ALSO_OFFICIAL[path] : undefined;
    const isNew = path.startsWith('unmapped.') || shape !== undefined;
    return isNew && isSchema(widened) ? widen(widened, widened, path.split('.'), shape ?? VALUE) : widened;
  }, schema);
}

function widen(root: Schema, schema: Schema, [key = '', ...rest]: readonly string[], leaf: Schema): Schema {
  const whole = resolve(root, schema);
  const properties = isSchema(whole['properties']) ? whole['properties'] : {};
  const before = Object.hasOwn(properties, key) ? properties[key] : undefined;
  const inside = isSchema(before) ? before : { type: 'object', additionalProperties: false, properties: {} };
  const after = rest.length === 0 ? (before ?? leaf) : widen(root, inside, rest, leaf);
  return { ...whole, properties: { ...properties, [key]: after } };
}

/** Puts values at paths of a draft. Everything beside them stays, in its order. */
export function withValues(draft: Branch, values: Branch): Branch {
  return Object.entries(values).reduce((made, [path, value]) => put(made, path.split('.'), value), draft);
}

function put(branch: Branch, [key = '', ...rest]: readonly string[], value: unknown): Branch {
  if (rest.length === 0) return { ...branch, [key]: value };
  const below = Object.hasOwn(branch, key) ? branch[key] : undefined;
  return { ...branch, [key]: put(isSchema(below) ? below : {}, rest, value) };
}
