import { describe, expect, it } from 'vitest';
import schema from '../../schemas/sekoia/user-inventory.schema.json' with { type: 'json' };
import { aGroup, aRole, held, known, someFacets } from '../enrich/facets.fixture.ts';
import { eventOf, validate } from './event-maker.fixture.ts';
import { createValidate } from './validate.ts';

const facets = someFacets({
  groups: known(['a', 'b', 'c', 'd'].map((id) => aGroup({ id, description: 'some' }, known([aRole()])))),
  roles: held([aRole()]),
});

/** A valid event with something else at a path; `undefined` takes it away. */
function eventWith(path: readonly (string | number)[], value: unknown): unknown {
  const event = eventOf(facets);
  const owner = path.slice(0, -1).reduce<unknown>((part, step) => Reflect.get(Object(part), step), event);
  Reflect.set(Object(owner), path.at(-1) ?? '', value);
  return JSON.parse(JSON.stringify(event));
}

it('ocsf, validate: finds nothing wrong with an event that says all there is to say', () => {
  expect(validate(eventOf(facets))).toEqual([]);
});

it.each([
  [['user', 'groups', 3, 'name'], 7, 'user.groups[3].name must be string'],
  [['user', 'groups', 3, 'uid'], undefined, 'user.groups[3] must have uid'],
  [['user', 'groups', 0, 'privileges', 0], '', 'user.groups[0].privileges[0] must not be empty'],
  [['user', 'groups', 0, 'privileges', 0], null, 'user.groups[0].privileges[0] must be string'],
  [['user', 'has_mfa'], 'yes', 'user.has_mfa must be boolean'],
  [['user', 'email_addr'], null, 'user.email_addr must be string'],
  [['user', 'manager'], 'x', 'user must not have manager'],
  [['user', 'type'], 'Root', 'user.type must be one of ["Admin","User"]'],
  [['user', 'type_id'], 1, 'user.type_id must be 2'],
  [['user', 'type'], 'User', 'user.type_id must be 1'],
  [['user', 'type_id'], undefined, 'user must have property type_id when property type is present'],
  [['user', 'type'], undefined, 'user must have property type when property type_id is present'],
  [['type_uid'], 500302, 'type_uid must be 5003002'],
  [['time'], 1.5, 'time must be integer'],
  [['time'], undefined, 'the event must have time'],
  [['raw_data'], '', 'the event must not have raw_data'],
  [['enrichments'], [], 'enrichments must NOT have fewer than 1 items'],
])('ocsf, validate: refuses an event whose %j is %j', (path, value, reason) => {
  expect(validate(eventWith(path, value))).toContain(reason);
});

it('ocsf, validate: says once that type and type_id do not agree', () => {
  expect(validate(eventWith(['user', 'type_id'], 1))).toEqual(['user.type_id must be 2']);
});

it('ocsf, validate: gives all reasons, and not the values', () => {
  const event = eventWith(['user', 'groups'], [{ uid: 1, secret: 'hunter2' }]);

  expect(validate(event)).toEqual([
    'user.groups[0] must not have secret',
    'user.groups[0].uid must be string',
  ]);
});

it('ocsf, validate: takes a property that is undefined for an absent one', () => {
  const validateName = createValidate({
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
  });

  expect(validateName({ name: undefined })).toEqual(['the event must have name']);
});

it('ocsf, validate: cannot be built from what is no schema', () => {
  expect(() => createValidate('schema')).toThrow('not an object');
});

it('ocsf, validate: cannot be built from a schema with a word that JSON schema does not know', () => {
  expect(() => createValidate({ type: 'object', propertys: {} })).toThrow('propertys');
});

describe('ocsf, validate: the schema of dialect sekoia', () => {
  /** Every object schema in it, and the name of every property. */
  function walk(part: unknown, seen: { objects: object[]; names: Set<string> }): typeof seen {
    if (typeof part !== 'object' || part === null) return seen;
    if (Reflect.get(part, 'type') === 'object') seen.objects.push(part);
    if (Reflect.get(part, 'type') === 'object') {
      for (const name of Object.keys(Object(Reflect.get(part, 'properties')))) seen.names.add(name);
    }
    for (const child of Object.values(part)) walk(child, seen);
    return seen;
  }
  const { objects, names } = walk(schema, { objects: [], names: new Set() });

  it('is closed at every level', () => {
    expect(objects.length).toBeGreaterThan(7);
    expect(objects.filter((part) => Reflect.get(part, 'additionalProperties') !== false)).toEqual([]);
  });

  it('knows no property that no event has', () => {
    const text = JSON.stringify(eventOf(facets));

    expect([...names].filter((name) => !text.includes(`"${name}":`))).toEqual([]);
  });
});
