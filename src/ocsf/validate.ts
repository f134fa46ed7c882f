import addFormats from 'ajv-formats';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

/** The faults of an event, in words that name the place but never the value. Empty: the event is valid. */
export type Validate = (event: unknown) => readonly string[];

/** One fault: in words, and its place as a JSON pointer. */
export interface SchemaFault {
  readonly pointer: string;
  readonly words: string;
}
export type FindFaults = (event: unknown) => readonly SchemaFault[];

/** `/user/groups/3/name` in the form that people write: `user.groups[3].name`. */
function describePlace(pointer: string): string {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/u.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./u, '');
  return path === '' ? 'the event' : path;
}

function describeError(error: ErrorObject): string {
  const { keyword, instancePath, message = 'is not valid', params } = error;
  const place = describePlace(instancePath);
  if (keyword === 'additionalProperties') return `${place} must not have ${params['additionalProperty']}`;
  if (keyword === 'required') return `${place} must have ${params['missingProperty']}`;
  if (keyword === 'const') return `${place} must be ${JSON.stringify(params['allowedValue'])}`;
  if (keyword === 'enum') return `${place} must be one of ${JSON.stringify(params['allowedValues'])}`;
  if (keyword === 'minLength' && params['limit'] === 1) return `${place} must not be empty`;
  if (keyword === 'minimum') return `${place} must be at least ${params['limit']}${unitOf(error)}`;
  return `${place} ${message}`;
}

/** A number that is too small is most likely seconds in place of milliseconds, so the message names the unit. */
function unitOf({ parentSchema }: ErrorObject): string {
  const about: unknown = parentSchema?.['description'];
  return typeof about === 'string' ? `: ${about.replace(/\.$/u, '')}` : '';
}

/** Compiles a JSON schema (2020-12), once for a run. Throws when it is not one, or uses unknown words. */
export function createFindFaults(schema: unknown): FindFaults {
  if (typeof schema !== 'object' || schema === null) throw new TypeError('the JSON schema is not an object');
  const ajv = new Ajv2020({ strict: true, allErrors: true, verbose: true });
  addFormats.default(ajv);
  const isValid = ajv.compile(schema);

  return (event) => {
    if (isValid(event)) return [];
    // The fault of an "if" is left out, because the rule inside it that failed has a better message.
    const errors = (isValid.errors ?? []).filter(({ keyword }) => keyword !== 'if');
    return errors.map((error) => ({ pointer: error.instancePath, words: describeError(error) }));
  };
}

export function createValidate(schema: unknown): Validate {
  const findFaults = createFindFaults(schema);
  return (event) => findFaults(event).map(({ words }) => words);
}
