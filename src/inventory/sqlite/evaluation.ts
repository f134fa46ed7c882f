import type { DatabaseSync } from 'node:sqlite';
import type { GapCounts, StaleCounts } from '../../ports/report.ts';
import type { NewsRule, Saved } from '../../ports/inventory.ts';
import { byName } from '../../enrich/by-name.ts';
import { canHave } from '../../enrich/needs.ts';
import type { JudgePosture } from '../../enrich/posture.ts';
import { PER_USER_LOOKUPS } from '../../ports/org.ts';
import type { GroupFacets } from '../../ports/org.ts';
import type { AssetRef } from '../../ports/asset.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MakeEvent, Made } from '../../ports/events.ts';
import type { DeadLetters } from './dead-letters.ts';
import { FacetReader } from './facets.ts';
import type { View } from './facets.ts';
import { standsIn, type StillGood } from '../policy/answers.ts';
import type { SqliteOutbox } from './outbox.ts';
import { PostureCells } from './posture.ts';
import { integer, text } from './rows.ts';

export interface EvaluationParts {
  readonly database: DatabaseSync;
  readonly outbox: SqliteOutbox;
  readonly deadLetters: DeadLetters;
  readonly makeEvent: MakeEvent;
  readonly isStillGood: StillGood;
  /** Do these groups' roles alone make their member Admin? Absent where an event lists all roles. */
  readonly decidesAdmin: ((groups: readonly GroupFacets[]) => boolean) | undefined;
  readonly judge: JudgePosture;
  readonly runId: string;
  readonly clock: Clock;
}

/** Makes a user's event from what the inventory knows, and lets it enter the outbox. Call it inside a transaction. */
export class Evaluation {
  readonly #parts: EvaluationParts;
  readonly #facets: FacetReader;
  readonly #done;
  readonly #cells: PostureCells;
  readonly #gaps;
  readonly #stale;
  readonly #staleGroups;

  constructor(parts: EvaluationParts) {
    const { database } = parts;
    this.#parts = parts;
    this.#facets = new FacetReader(database, parts.isStillGood);
    this.#done = database.prepare(
      'UPDATE users SET needs_event = 0, evaluated_run = ?, gaps = ?, stale = ?, posture = ?, signed_in_day = ? WHERE id = ?',
    );
    this.#cells = new PostureCells(database);
    this.#gaps = database.prepare(`
      SELECT key AS lookup, value AS reason, count(*) AS count FROM users, json_each(users.gaps)
      WHERE evaluated_run = ? AND gaps IS NOT NULL GROUP BY key, value`);
    this.#stale = database.prepare(`
      SELECT key AS lookup, count(*) AS count, min(value) AS oldest FROM users, json_each(users.stale)
      WHERE evaluated_run = ? AND stale IS NOT NULL GROUP BY key`);
    this.#staleGroups = database.prepare(`
      SELECT roles_read_at, roles_asked_at FROM groups WHERE roles_gap IS NOT NULL AND roles IS NOT NULL`);
  }

  evaluate(userId: string, newsRule: NewsRule = 'every-difference'): Saved | undefined {
    const view = this.#facets.read(userId);
    if (view === undefined) return undefined;
    const made = this.#parts.makeEvent(view.facets);
    const outcome = this.#enter(view, made, newsRule);
    const judged = this.#parts.judge.ofUser(view.facets);
    const posture = [this.#cells.of(judged), judged.signedInDay ?? null] as const;
    this.#done.run(this.#parts.runId, jsonOf(made.gaps), jsonOf(view.stale), ...posture, userId);
    const asset: AssetRef = { kind: 'user', id: userId };
    return { asset, outcome, reasons: made.kind === 'dead-letter' ? made.reasons : [], gaps: made.gaps };
  }

  /** `groupIds`: the user's own list; absent: the groups that the inventory knows. */
  isAdminByGroups(userId: string, groupIds: readonly string[] | undefined): boolean {
    const { decidesAdmin } = this.#parts;
    if (decidesAdmin === undefined) return false;
    return decidesAdmin(
      groupIds === undefined ? this.#facets.groupsOf(userId) : this.#facets.groupsBy(groupIds),
    );
  }

  /** Makes the last event of a user who is gone: as last known, but deactivated. */
  evaluateRemoved(userId: string): void {
    const view = this.#facets.read(userId);
    if (view === undefined) return;
    const user = { ...view.facets.user, status: 'DEPROVISIONED' };
    const ended = PER_USER_LOOKUPS.filter((lookup) => !canHave(lookup, user.status));
    const notAsked = byName(ended, () => ({ kind: 'not-asked' }) as const);
    const made = this.#parts.makeEvent({ ...view.facets, ...notAsked, user });
    const asset: AssetRef = { kind: 'user', id: userId };
    if (made.kind === 'event') this.#parts.outbox.enter({ asset, login: user.login, made }, 'none');
  }

  #enter({ facets: { user } }: View, made: Made, newsRule: NewsRule): Saved['outcome'] {
    const { outbox, deadLetters, clock } = this.#parts;
    const asset: AssetRef = { kind: 'user', id: user.id };
    if (made.kind === 'dead-letter') {
      const letter = { asset, login: user.login, reasons: made.reasons, at: clock.now() };
      deadLetters.add({ ...letter, refusedBy: 'mapping' });
      return 'dead-lettered';
    }
    deadLetters.forgetMapping(asset);
    const entered = outbox.enter({ asset, login: user.login, made }, newsRule);
    return entered === 'refused-before' ? 'dead-lettered' : entered;
  }

  /** The gaps in the events of this run; a user counts once for each lookup. */
  gaps(): GapCounts {
    const counts: Record<string, Record<string, number>> = {};
    for (const row of this.#gaps.all(this.#parts.runId)) {
      const reasons = (counts[text(row, 'lookup')] ??= {});
      reasons[text(row, 'reason')] = integer(row, 'count');
    }
    return counts;
  }

  stale(): StaleCounts {
    const counts = this.#stale.all(this.#parts.runId).map((row) => {
      const stale = {
        count: integer(row, 'count'),
        oldest_seconds: this.#secondsSince(integer(row, 'oldest')),
      };
      return [text(row, 'lookup'), stale] as const;
    });
    const groups = this.#staleRolesOfGroups();
    const ofGroups = {
      count: groups.length,
      oldest_seconds: Math.max(...groups.map((at) => this.#secondsSince(at))),
    };
    return Object.fromEntries(groups.length === 0 ? counts : [...counts, ['group-roles', ofGroups] as const]);
  }

  /** Counted in groups, as their gaps are. */
  #staleRolesOfGroups(): readonly number[] {
    return this.#staleGroups
      .all()
      .map((row) => ({ readAt: integer(row, 'roles_read_at'), askedAt: integer(row, 'roles_asked_at') }))
      .filter((last) => standsIn(last, this.#parts.isStillGood))
      .map(({ readAt }) => readAt);
  }

  #secondsSince(instant: number): number {
    return Math.max(0, Math.round((this.#parts.clock.now() - instant) / 1000));
  }
}

/** `null` for an empty map, which is nearly always the case. */
function jsonOf(map: ReadonlyMap<string, unknown>): string | null {
  return map.size === 0 ? null : JSON.stringify(Object.fromEntries(map));
}
