import { describe, expect, test } from 'vitest';
import { aUser } from '../../enrich/facets.fixture.ts';
import type { MakeEvent } from '../../ports/events.ts';
import { aReading, createScene, event } from './inventory.fixture.ts';

describe('the last sign-in', () => {
  /** Says name and sign-in; told apart without the sign-in by the name alone. */
  const makeEvent: MakeEvent = ({ user: { displayName, lastLogin } }) =>
    event(
      JSON.stringify({ says: `${displayName} ${lastLogin}` }),
      `${displayName} ${lastLogin}`,
      displayName,
    );

  test.each([
    ['every-difference', 'emitted'],
    ['but-sign-in', 'unchanged'],
    ['none', 'emitted'],
  ] as const)('alone, compared by %s, is %s', async (newsRule, outcome) => {
    const { users, deliver } = createScene({ makeEvent });
    const saveSignIn = (lastLogin: string) =>
      users.save(aReading({ user: aUser({ id: 'u1', lastLogin }) }), newsRule);
    await saveSignIn('monday');
    await deliver();

    expect(await saveSignIn('tuesday')).toMatchObject({ outcome });
  });

  test('is sent along when something else has changed', async () => {
    const { users, deliver, take } = createScene({ makeEvent });
    await users.save(aReading({ user: aUser({ id: 'u1', displayName: 'A', lastLogin: 'monday' }) }));
    await deliver();

    const saved = aReading({ user: aUser({ id: 'u1', displayName: 'B', lastLogin: 'tuesday' }) });
    await users.save(saved, 'but-sign-in');

    expect(await take()).toEqual(['u1 B tuesday']);
  });
});
