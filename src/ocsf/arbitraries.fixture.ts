import * as fc from 'fast-check';
import type { Facet, GapReason, Known, User, UserFacets } from '../ports/org.ts';

/** Whatever an inventory could know of a user. */

/** Mostly what the reader of Okta's bodies lets through, so that most users become events; and the odd rest. */
function mostly<T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 199, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const text = mostly(
  fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc.constantFrom('a@b', 'a@b@c', ' ', 'None', '__proto__', 'ACTIVE', 'SUPER_ADMIN'),
  ),
  anyText,
);
const maybeText = fc.option(text, { nil: undefined });
const date = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((each) => each.toISOString());
const stamp: fc.Arbitrary<string | undefined> = fc.oneof(date, maybeText);
const instant = mostly(fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }), fc.nat());

function knownOf<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Known<T>> {
  return fc.record(
    { kind: fc.constant('known'), value, readAt: instant, isStale: fc.constant(true) },
    { requiredKeys: ['kind', 'value', 'readAt'] },
  );
}

function facetOf<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Facet<T>> {
  const reason = fc.constantFrom<GapReason>('refused', 'missing', 'unavailable', 'unreadable', 'gone');
  return fc.oneof(
    { weight: 4, arbitrary: knownOf(value) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('unknown'), reason }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('not-asked') }) },
  );
}

const roles = fc.array(
  fc.record({
    id: text,
    type: fc.oneof(fc.constantFrom('SUPER_ADMIN', 'CUSTOM'), text),
    label: maybeText,
    status: fc.oneof(fc.constantFrom('ACTIVE', 'INACTIVE'), text),
    assignmentType: fc.oneof(fc.constantFrom('USER', 'GROUP', undefined), maybeText),
    assigneeGroupId: maybeText,
  }),
  { maxLength: 5 },
);
const factors = fc.array(
  fc.record({
    id: text,
    type: fc.oneof(fc.constantFrom('webauthn', 'sms', 'signed_nonce'), text),
    provider: maybeText,
    status: fc.oneof(fc.constant('ACTIVE'), maybeText),
  }),
);
const groups = fc.uniqueArray(
  fc.record({
    group: fc.record({ id: text, name: maybeText, description: maybeText, type: maybeText }),
    roles: facetOf(roles),
  }),
  { selector: ({ group }) => group.id, maxLength: 8 },
);
const scalar = fc.oneof(text, fc.integer(), fc.boolean());
const custom = fc
  .dictionary(text, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), { minKeys: 1, maxKeys: 4 })
  .filter((attributes) => Object.keys(attributes).length > 0);
const user: fc.Arbitrary<User> = fc.record({
  id: text,
  status: maybeText,
  created: mostly<string | undefined>(date, stamp),
  lastLogin: stamp,
  lastUpdated: stamp,
  passwordChanged: stamp,
  login: mostly<string | undefined>(text, maybeText),
  email: maybeText,
  firstName: maybeText,
  lastName: maybeText,
  displayName: maybeText,
  organization: maybeText,
  department: maybeText,
  activated: stamp,
  statusChanged: stamp,
  secondEmail: fc.oneof(fc.constant('a.b@example.com'), maybeText),
  mobilePhone: maybeText,
  primaryPhone: maybeText,
  title: maybeText,
  employeeNumber: maybeText,
  costCenter: maybeText,
  division: maybeText,
  manager: maybeText,
  managerId: maybeText,
  userType: fc.oneof(fc.constantFrom('service', 'Bot'), maybeText),
  streetAddress: maybeText,
  city: maybeText,
  state: maybeText,
  zipCode: maybeText,
  countryCode: maybeText,
  locale: maybeText,
  timezone: maybeText,
  nickName: maybeText,
  realmId: maybeText,
  typeId: maybeText,
  accountSource: fc.oneof(fc.constantFrom('OKTA', 'LDAP'), maybeText),
  custom: fc.option(custom, { nil: undefined }),
  customLeftOut: fc.constantFrom(undefined, 3),
  raw: fc.option(
    fc.dictionary(text, text).map((entry) => JSON.stringify(entry)),
    { nil: undefined },
  ),
});
export const userFacets: fc.Arbitrary<UserFacets> = fc.record({
  user,
  readAt: instant,
  evaluatedAt: fc.option(instant, { nil: undefined }),
  groups: facetOf(groups),
  factors: facetOf(factors),
  roles: facetOf(fc.record({ roles, includesGroups: fc.boolean() })),
});
