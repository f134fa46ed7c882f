import { describe, expect, test } from 'vitest';
import type { AssignmentEvent } from '../../ports/source.ts';
import { AssignmentEvents, type KnownGroups } from './assignment-events.ts';

const inPayrollTeam: KnownGroups = {
  ofApp: ['payroll-team'],
  isMember: (groupId, userId) => groupId === 'payroll-team' && userId === 'ada',
};
const inNoGroup: KnownGroups = { ofApp: [], isMember: () => false };

function appUser(change: AssignmentEvent['change'], at: number): AssignmentEvent {
  return { kind: 'app-user', appId: 'payroll', userId: 'ada', change, at };
}
function assigned(change: AssignmentEvent['change'], at: number): AssignmentEvent {
  return { kind: 'app-group', appId: 'payroll', groupId: 'payroll-team', change, at };
}
function joined(change: AssignmentEvent['change'], at: number): AssignmentEvent {
  return { kind: 'membership', groupId: 'payroll-team', userId: 'ada', change, at };
}
function explained(events: readonly AssignmentEvent[], known: KnownGroups): 'add' | 'remove' | undefined {
  const all = new AssignmentEvents();
  for (const event of events) all.add(event);
  return all.explained('payroll', 'ada', known);
}

describe('an assignment that the log tells', () => {
  test.each([
    { by: 'the group was assigned before', events: [assigned('add', 1), appUser('add', 2)] },
    { by: 'the user joined the group before', events: [joined('add', 1), appUser('add', 2)] },
  ])('is explained where $by', ({ events }) => {
    expect(explained(events, inPayrollTeam)).toBe('add');
  });

  test.each([
    { since: 'it came before the group', events: [appUser('add', 1), assigned('add', 2)] },
    { since: 'both came at the same instant', events: [assigned('add', 1), appUser('add', 1)] },
    {
      since: 'a second event tells of the same user',
      events: [assigned('add', 1), appUser('add', 2), appUser('add', 3)],
    },
    { since: 'only an older membership is there', events: [appUser('add', 2)] },
    { since: 'the membership ended', events: [joined('remove', 1), appUser('add', 2)] },
    { since: 'it is a change of the assignment', events: [joined('add', 1), appUser('other', 2)] },
  ])('is asked for where $since', ({ events }) => {
    expect(explained(events, inPayrollTeam)).toBeUndefined();
  });

  test('is asked for where the user is not in the group as far as is known', () => {
    const elsewhere = { ...inPayrollTeam, isMember: () => false };

    expect(explained([assigned('add', 1), appUser('add', 2)], elsewhere)).toBeUndefined();
  });
});

test('is asked for where an earlier run was told of the same user and could not read it', () => {
  const all = new AssignmentEvents();
  all.inherit('payroll', 'ada');
  for (const event of [assigned('add', 1), appUser('add', 2)]) all.add(event);

  expect(all.explained('payroll', 'ada', inPayrollTeam)).toBeUndefined();
});

describe('the end of an assignment', () => {
  test.each([
    { by: 'the group lost the application', events: [assigned('remove', 1), appUser('remove', 2)] },
    { by: 'the user left the group', events: [joined('remove', 1), appUser('remove', 2)] },
  ])('is explained where $by', ({ events }) => {
    expect(explained(events, inNoGroup)).toBe('remove');
  });

  test('is asked for where the user is in another group of the application', () => {
    expect(explained([joined('remove', 1), appUser('remove', 2)], inPayrollTeam)).toBeUndefined();
  });
});
