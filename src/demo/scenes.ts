import * as z from 'zod';
import type { Cast } from './cast.ts';
import { eventLines } from './event-text.ts';

/** The fields that the demo reads in an event; the rest is shown as it came. */
const Event = z.looseObject({
  user: z.looseObject({
    name: z.string(),
    type: z.string().optional(),
    has_mfa: z.boolean().optional(),
    groups: z.array(z.looseObject({ uid: z.string(), privileges: z.array(z.string()).optional() })),
  }),
});
type Event = z.output<typeof Event>;

/** One user, the truth about that user, and the event that states it. */
export interface Scene {
  readonly lines: readonly string[];
  /** Does the event that arrived state the truth? */
  readonly isTrue: boolean;
}

interface Script {
  readonly id: string;
  readonly title: string;
  readonly story: readonly string[];
  /** `arrived` is the event as it came, with its fields in their order. */
  readonly show: (event: Event, arrived: unknown) => readonly string[];
  readonly isTrue: (event: Event) => boolean;
}

/** The three users that show most. `find` gives the newest event of a user that the intake has. */
export function tellScenes(cast: Cast, find: (id: string) => unknown): Scene[] {
  return [adminThroughGroup(cast), withoutMfa(cast), unreadable(cast)].map((script, index) =>
    play(script, index + 1, find(script.id)),
  );
}

function adminThroughGroup({ admin }: Cast): Script {
  const { through } = admin;
  const role = through.roles.find(({ status }) => status === 'ACTIVE')?.label ?? '';
  const find = ({ user }: Event): number => user.groups.findIndex(({ uid }) => uid === through.id);
  return {
    id: admin.id,
    title: `An administrator through a group: ${admin.name}`,
    story: [
      `${admin.name} holds no role. The group "${through.name}" does: ${role}.`,
      '"type" says Admin, and "privileges" of the group says why. The whole event:',
    ],
    show: (event, arrived) => {
      const group = `user.groups.${find(event)}`;
      return eventLines({ event: arrived, marked: new Set(['user.type', group, `${group}.privileges`]) });
    },
    isTrue: (event) =>
      event.user.type === 'Admin' && event.user.groups[find(event)]?.privileges?.includes(role) === true,
  };
}

function withoutMfa({ unprotected }: Cast): Script {
  return {
    id: unprotected.id,
    title: `A user without MFA: ${unprotected.name}`,
    story: ['Okta was asked for the factors and answered: there are none. "has_mfa" says false.'],
    show: fieldsAboutMfa,
    isTrue: ({ user }) => user.has_mfa === false,
  };
}

function unreadable({ unreadable: person }: Cast): Script {
  return {
    id: person.id,
    title: `A user whose factors could not be read: ${person.name}`,
    story: [
      'Okta answered 500 every time it was asked. In truth there is a factor: "false" would be wrong.',
      'Unknown is not no, so "has_mfa" is left out; what is known is delivered, the gap is counted.',
    ],
    show: fieldsAboutMfa,
    isTrue: ({ user }) => !('has_mfa' in user) && user.type === 'User',
  };
}

function fieldsAboutMfa({ user }: Event): string[] {
  const hasMfa = user.has_mfa === undefined ? '(not there)' : String(user.has_mfa);
  return [
    `      user.name     ${JSON.stringify(user.name)}`,
    `      user.type     ${JSON.stringify(user.type)}`,
    ` >    user.has_mfa  ${hasMfa}`,
  ];
}

function play({ title, story, show, isTrue }: Script, number: number, arrived: unknown): Scene {
  const heading = [`${number}. ${title}`, ...story.map((line) => `   ${line}`), ''];
  const event = Event.safeParse(arrived);
  if (!event.success) return { lines: [...heading, '   (no such event arrived)'], isTrue: false };
  return { lines: [...heading, ...show(event.data, arrived)], isTrue: isTrue(event.data) };
}
