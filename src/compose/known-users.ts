import type { Settings } from '../settings/load.ts';
import { openReader } from '../inventory/sqlite/reader.ts';
import { createEventMaker, draftEvent } from '../ocsf/make-event.ts';
import type { MakeEvent } from '../ports/events.ts';
import type { UserFacets } from '../ports/org.ts';
import type { InventoryReader, KnownUser } from '../ports/reader.ts';
import { eventMakerOptions, mappingOf, stillGood } from './events.ts';
import { INTAKE } from '../sinks/sekoia/name.ts';
import { redactorOf } from './shaping.ts';

/** The users in `STATE_DIR`, and what their events are by these settings; nothing is written. */
export interface KnownUsers {
  readonly dialect: string;
  readonly find: (idOrLogin: string) => Promise<KnownUser | undefined>;
  readonly all: () => AsyncIterable<KnownUser>;
  readonly makeEvent: MakeEvent;
  /** The event before validation; `undefined` where the user lacks what one needs. */
  readonly draftOf: (facets: UserFacets) => unknown;
  /** Do the last run's settings decide events as these do? */
  readonly hasSameSettings: () => Promise<boolean>;
  readonly close: () => void;
}

/** Beside a running worker. Throws `InventoryError` where there is no inventory. */
export function openKnownUsers(settings: Settings): KnownUsers {
  const options = eventMakerOptions(settings);
  const isStillGood = stillGood(settings);
  const redactor = redactorOf(settings);
  const reader: InventoryReader = openReader(settings.stateDir, INTAKE);
  return {
    dialect: options.dialect.name,
    // A login may be kept as a hash.
    find: async (idOrLogin) =>
      (await reader.user(idOrLogin, isStillGood)) ?? reader.user(redactor.loginOf(idOrLogin), isStillGood),
    all: () => reader.users(isStillGood),
    makeEvent: createEventMaker(options),
    draftOf: (facets) => {
      const { normalised } = draftEvent(facets, options);
      return normalised.kind === 'draft' ? normalised.draft : undefined;
    },
    hasSameSettings: async () => (await reader.stamp('mapping')) === mappingOf(settings),
    close: () => reader.close(),
  };
}
