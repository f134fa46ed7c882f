/** Parts of a JSON schema (2020-12), closed at every level. */
export type Shape = Readonly<Record<string, unknown>>;

/** An e-mail address as OCSF defines it, up to and including 1.8. */
const ADDRESS = "^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\\.[a-zA-Z0-9-.]+$";
const ADDRESS_PATTERN = new RegExp(ADDRESS, 'u');

export function isAddress(text: string): boolean {
  return ADDRESS_PATTERN.test(text);
}

/** Milliseconds, and not seconds: 1973 in the one is 2001 and later in the other. */
const LEAST_MILLISECONDS = 100_000_000_000;

export const text: Shape = { type: 'string', minLength: 1 };
export const address: Shape = { type: 'string', pattern: ADDRESS };
export const flag: Shape = { type: 'boolean' };
export const count: Shape = { type: 'integer', minimum: 0 };
/** Unix milliseconds of something in Okta, however old. */
export const instant: Shape = { type: 'integer' };
/** Unix milliseconds of something this product did. */
export const recentInstant: Shape = {
  description: 'Unix epoch in milliseconds.',
  type: 'integer',
  minimum: LEAST_MILLISECONDS,
};

export function only(value: unknown): Shape {
  return { const: value };
}

export function oneOf(values: readonly unknown[]): Shape {
  return { enum: values };
}

export function listOf(items: Shape, limits: Shape = {}): Shape {
  return { type: 'array', ...limits, items };
}

export function objectOf(properties: Readonly<Record<string, Shape>>, required: readonly string[]): Shape {
  return { type: 'object', additionalProperties: false, required, properties };
}

/** A rule that a schema applies only where another schema fits. */
export function when(condition: Shape, consequence: Shape): Shape {
  // oxlint-disable-next-line unicorn/no-thenable -- JSON schema's own word, and nobody awaits a schema
  return { if: condition, then: consequence };
}
