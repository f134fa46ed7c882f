import { describe, expect, test } from 'vitest';
import { aUser } from '../../enrich/facets.fixture.ts';
import type { User } from '../../ports/org.ts';
import {
  answersRecordMark,
  isOtherRecord,
  isOvertaken,
  listedChange,
  notedOf,
  type KeptRecord,
} from './records.ts';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;

function read(changes: Partial<User> = {}, readAt = NOW) {
  return { kind: 'user', user: aUser(changes), readAt } as const;
}

function kept(changes: Partial<User> = {}, readAt = NOW): KeptRecord {
  return {
    user: aUser(changes),
    readAt,
    groupsWay: undefined,
    areFactorsDue: false,
    isNoHolder: false,
    holdsOwnRoles: false,
    askedAt: { factors: 5 },
    finishedAt: 7,
  };
}

describe('inventory policy, records: a record is overtaken by the one kept', () => {
  const [older, newer] = ['2026-07-01T10:00:00.000Z', '2026-07-01T10:00:01.000Z'];

  test.each([
    ["whose stamp of Okta's is newer, though it was read before", older, NOW, newer, NOW - 1, true],
    ["but not where its own stamp of Okta's is newer", newer, NOW - 1, older, NOW, false],
    ['of the same stamp that was read later', older, NOW - 1, older, NOW, true],
    ['but not where both were read at once', older, NOW, older, NOW, false],
    ['but not where the clock was set back by an hour', older, NOW - HOUR, older, NOW, false],
    ['by when it was read, where a stamp cannot be read', 'yesterday', NOW - 1, newer, NOW, true],
  ])('%s', (_, stamp, readAt, keptStamp, keptAt, expected) => {
    const given = read({ lastUpdated: stamp }, readAt);

    expect(isOvertaken(given, kept({ lastUpdated: keptStamp }, keptAt))).toBe(expected);
  });
});

describe('inventory policy, records: a listed user', () => {
  test('who is not kept has moved, and nothing was asked', () => {
    expect(notedOf(read(), undefined)).toEqual({
      listed: read(),
      isKnown: false,
      hasMoved: true,
      hasCrossedDeactivation: false,
      askedAt: {},
      groupsWay: undefined,
      areFactorsDue: false,
      isNoHolder: false,
      holdsOwnRoles: false,
      finishedAt: undefined,
    });
  });

  test.each<[string, Partial<User>, boolean, boolean]>([
    ['says the same', {}, false, false],
    ['has only signed in', { lastLogin: '2026-07-02T10:00:00.000Z' }, false, false],
    ['has another name', { displayName: 'Other' }, true, false],
    ['was deactivated', { status: 'DEPROVISIONED' }, true, true],
  ])('who %s', (_, changes, hasMoved, hasCrossedDeactivation) => {
    expect(notedOf(read(changes), kept())).toMatchObject({ isKnown: true, hasMoved, hasCrossedDeactivation });
  });

  test('whose record is overtaken is the one kept, and has not moved', () => {
    const noted = notedOf(read({ displayName: 'Old' }, NOW - 1), kept({ displayName: 'New' }));

    expect(noted).toMatchObject({ listed: { user: { displayName: 'New' } }, hasMoved: false });
  });

  test('keeps what was asked before', () => {
    expect(notedOf(undefined, kept())).toMatchObject({ askedAt: { factors: 5 }, finishedAt: 7 });
  });
});

test.each([
  ['asked for by itself, and newer', { readAt: NOW + 1 }, kept(), true],
  ['asked for by itself, of a user who was not known', { readAt: NOW }, undefined, true],
  ['that was known', { readAt: NOW }, kept(), false],
  ['of a page of a full run', { readAt: NOW + 1, listedAt: 5 }, kept(), false],
])('inventory policy, records: a record %s answers a mark: %#', (_, given, before, expected) => {
  expect(answersRecordMark(given, before)).toBe(expected);
});

describe('inventory policy, records: inventory, policy: a record that a full run lists', () => {
  test('finishes the user where it makes no sense', () => {
    const listed = { kind: 'unreadable', id: 'u1', reason: 'no profile' } as const;

    expect(listedChange(listed, kept())).toEqual({ kind: 'finished' });
  });

  test.each([
    ['of a user who is not known', undefined],
    ['that was overtaken', kept({}, NOW + 1)],
  ])('changes nothing %s', (_, before) => {
    expect(listedChange(read(), before)).toEqual({ kind: 'none' });
  });

  test.each<[string, Partial<User>, boolean, boolean]>([
    ['the same', {}, false, false],
    ['another name', { displayName: 'Other' }, true, false],
    ['another sign-in, which the event may say', { lastLogin: '2026-07-02T10:00:00.000Z' }, true, false],
    ['a deactivation', { status: 'DEPROVISIONED' }, true, true],
  ])('is stored: %s', (_, changes, isOther, hasOtherAnswers) => {
    const listed = read(changes, NOW + 1);

    expect(listedChange(listed, kept())).toEqual({
      kind: 'record',
      user: listed.user,
      readAt: NOW + 1,
      isOther,
      hasOtherAnswers,
    });
  });

  test('has other answers for a user who is active again', () => {
    expect(listedChange(read({ status: 'ACTIVE' }), kept({ status: 'DEPROVISIONED' }))).toMatchObject({
      hasOtherAnswers: true,
    });
  });

  test('is no other record for a user who is not known', () => {
    expect(isOtherRecord(read().user, undefined)).toBe(false);
  });
});
