import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { LOOKUPS } from '../../ports/org.ts';
import { NO_RUN_YET } from '../../ports/run-state.ts';
import type { RunState, RunStateChange } from '../../ports/run-state.ts';
import { optionalInteger, text } from './rows.ts';

const instant = z.number().optional();
const reason = z.object({ since: z.number(), why: z.string() });
/** Every field has a row here: one that is missing would be stored and never read. */
const fields: { readonly [Field in keyof RunState]-?: z.ZodType<RunState[Field]> } = {
  fullRun: z
    .object({ startedAt: z.number(), aliveAt: z.number(), asksEverybody: z.boolean().optional() })
    .optional(),
  fullEndedAt: instant,
  fullRuns: z.number(),
  fullRunDue: reason.optional(),
  endedAt: instant,
  usersCursor: instant,
  groupsCursor: instant,
  devicesCursor: instant,
  log: z
    .union([
      z.object({ next: z.string(), filter: z.string().optional(), readAt: z.number() }),
      z.object({ since: z.number() }),
    ])
    .optional(),
  logGapAt: instant,
  vouchedSince: z.partialRecord(z.enum(LOOKUPS), z.number()).optional(),
  missingScopes: z.string().optional(),
  credential: z.string().optional(),
  trustLost: z.record(z.string(), reason).optional(),
  factorsDue: z
    .object({
      rounds: z.array(z.object({ since: z.number(), askedBefore: z.number() })),
      readAt: instant,
    })
    .optional(),
  verifiedAt: instant,
  proofs: z
    .array(
      z.object({
        day: z.number(),
        counts: z.partialRecord(z.enum(LOOKUPS), z.object({ proven: z.number(), drift: z.number() })),
      }),
    )
    .optional(),
  resentAt: instant,
  resendSince: instant,
  evaluatedAt: instant,
  refusingGroupId: z.string().optional(),
  hidesAdministrators: z.boolean().optional(),
  eventSettings: z.string().optional(),
  askedSettings: z.string().optional(),
  keptSettings: z.string().optional(),
};
const schema: z.ZodType<RunState> = z.object(fields);

/** The row that contains the state of the inventory's runs. */
export class RunStateReader {
  readonly #load;
  readonly #evaluatedAt;

  constructor(database: DatabaseSync) {
    this.#load = database.prepare('SELECT record FROM run_state WHERE only_row = 1');
    this.#evaluatedAt = database.prepare('SELECT evaluated_at FROM run_state WHERE only_row = 1');
  }

  load(): RunState {
    const row = this.#load.get();
    return row === undefined ? NO_RUN_YET : schema.parse(JSON.parse(text(row, 'record')));
  }

  /** Reads only `evaluatedAt`, because the event of every user needs it. */
  evaluatedAt(): number | undefined {
    const row = this.#evaluatedAt.get();
    return row === undefined ? undefined : optionalInteger(row, 'evaluated_at');
  }
}

/** Call it inside the caller's transaction. */
export class RunStateRow extends RunStateReader {
  readonly #save;

  constructor(database: DatabaseSync) {
    super(database);
    this.#save = database.prepare('INSERT OR REPLACE INTO run_state (only_row, record) VALUES (1, ?)');
  }

  save(change: RunStateChange): void {
    this.#save.run(JSON.stringify({ ...this.load(), ...change }));
  }
}
