import type { Settings } from '../settings/load.ts';
import { openReader } from '../inventory/sqlite/reader.ts';
import { createEventMaker, draftEvent } from '../ocsf/make-event.ts';
import type { MakeEvent } from '../ports/events.ts';
import type { Trust } from '../inspect/lookup-story.ts';
import type { UserFacets } from '../ports/org.ts';
import type { InventoryReader, KnownUser } from '../ports/reader.ts';
import { eventMakerOptions, createStillGood } from './events.ts';
import { fingerprintOf } from './fingerprints.ts';
import { createRedactorFor } from './shaping.ts';
import { INTAKES } from '../sinks/sekoia/name.ts';

/** The users in `STATE_DIR` and their events under these settings. Writes nothing. */
export interface KnownUsers {
  readonly dialect: string;
  readonly find: (idOrLogin: string) => Promise<KnownUser | undefined>;
  readonly all: () => AsyncIterable<KnownUser>;
  readonly makeEvent: MakeEvent;
  /** The event before validation; `undefined` where the user lacks something that every event needs. */
  readonly draftOf: (facets: UserFacets) => unknown;
  /** Did the last run have the same settings, as far as they decide events? */
  readonly hasSameSettings: () => Promise<boolean>;
  /** Which answers the System Log vouches for. */
  readonly trust: () => Promise<Trust>;
  readonly close: () => void;
}

/**
 * The host of the org whose users are in `stateDir`; `undefined` where no run has learnt it. Throws `InventoryError`.
 */
export function hostKnownIn(stateDir: string): string | undefined {
  const reader = openReader(stateDir, INTAKES);
  try {
    return reader.orgHost();
  } finally {
    reader.close();
  }
}

/** Works while a worker is running. Throws `InventoryError` where there is no inventory. */
export function openKnownUsers(settings: Settings): KnownUsers {
  const options = eventMakerOptions(settings);
  const isStillGood = createStillGood(settings);
  const redactor = createRedactorFor(settings);
  const reader: InventoryReader = openReader(settings.stateDir, INTAKES);
  return {
    dialect: options.dialect.name,
    // The login may be stored as a hash.
    find: async (idOrLogin) =>
      (await reader.user(idOrLogin, isStillGood)) ?? reader.user(redactor.loginOf(idOrLogin), isStillGood),
    all: () => reader.users(isStillGood),
    makeEvent: createEventMaker(options),
    draftOf: (facets) => {
      const { normalised } = draftEvent(facets, options);
      return normalised.kind === 'draft' ? normalised.draft : undefined;
    },
    hasSameSettings: async () => (await reader.runState()).eventSettings === fingerprintOf('event', settings),
    trust: async () => {
      const { vouchedSince = {}, evaluatedAt } = await reader.runState();
      return { vouchedSince, fullRunAt: evaluatedAt };
    },
    close: () => reader.close(),
  };
}
