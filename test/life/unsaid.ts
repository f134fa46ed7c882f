import type { SimulatedGroup, SimulatedOrg, SimulatedUser } from '../../src/simulator/index.ts';
import type { Report } from '../../src/ports/report.ts';
import type { Settings } from './draw.ts';
import type { Events } from './expected.ts';

/** The parts of an event that a run cannot know yet. */
export type Part = 'factors' | 'roles' | 'groups';
export type Unknowable = ReadonlyMap<string, ReadonlySet<Part>>;

interface PolicyMove {
  readonly users: ReadonlySet<string>;
  /** When a run without trouble has read the log after it. */
  noticedAt: number | undefined;
}

export interface JudgedRun {
  readonly startedAt: number;
  readonly report: Report;
  /** Asked for by hand, without --vouched: nothing that was known before is believed. */
  readonly asksEverybody: boolean;
  readonly settings: Settings;
  readonly latest: Events;
}

/**
 * The changes that nothing has told, and until when nobody can know them: the only exceptions. Each is one fact
 * about Okta.
 */
export class Unsaid {
  readonly #org: SimulatedOrg;
  /** Roles that came or went without an event, so that only the flag in a full run's listing shows it. */
  readonly #flagged = new Map<string, Set<string>>();
  /** Changes whose event the log lost: nothing shows them but asking. */
  readonly #lost = new Map<string, Set<Part>>();
  #policies: PolicyMove[] = [];
  /** Groups that do not list their members. */
  readonly refusing = new Set<string>();

  constructor(org: SimulatedOrg) {
    this.#org = org;
  }

  isFlagMoved(group: SimulatedGroup): boolean {
    return this.#flagged.has(group.id);
  }

  noteFlag(group: SimulatedGroup): void {
    this.#flagged.set(group.id, new Set(group.members.map(({ id }) => id)));
  }

  noteLost(users: readonly string[], part: Part): void {
    for (const id of users) this.#lost.set(id, (this.#lost.get(id) ?? new Set()).add(part));
  }

  notePolicy(users: readonly string[]): void {
    this.#policies.push({ users: new Set(users), noticedAt: undefined });
  }

  /** Takes the end of a quiet run into account, and says what it could not know. */
  after(run: JudgedRun): Unknowable {
    const isFull = run.report.mode === 'full';
    if (isFull) this.#flagged.clear();
    if (run.asksEverybody) {
      this.#lost.clear();
      this.#policies = [];
    }
    const found = new Map<string, Set<Part>>();
    const add = (id: string, part: Part): void => void found.set(id, (found.get(id) ?? new Set()).add(part));
    for (const [id, parts] of this.#lost) for (const part of parts) add(id, part);
    for (const id of this.#flagged.keys())
      for (const user of this.#concerned(id, run.latest)) add(user, 'roles');
    for (const before of this.#flagged.values()) for (const user of before) add(user, 'roles');
    for (const user of this.#ofPolicies(run)) add(user, 'factors');
    for (const user of this.#ofRefusing(run))
      for (const part of ['groups', 'roles'] as const) add(user, part);
    return found;
  }

  #ofPolicies({ startedAt, settings }: JudgedRun): readonly string[] {
    for (const move of this.#policies) move.noticedAt ??= startedAt;
    const text = settings['POLICY_RECHECK'] ?? '86400';
    const recheckMs = text === 'at-once' ? 0 : Number(text) * 1000;
    this.#policies = this.#policies.filter(({ noticedAt = startedAt }) => startedAt < noticedAt + recheckMs);
    return this.#policies.flatMap(({ users }) => [...users]);
  }

  /** Where the log does not name who came or went, a run says that the groups are a gap. */
  #ofRefusing({ report, latest }: JudgedRun): readonly string[] {
    const saysGap = [report.gaps, report.standing?.gaps ?? {}].some(
      (gaps) => 'groups' in gaps || 'roles' in gaps,
    );
    if (!saysGap || report.mode === 'full') return [];
    return [...this.refusing].flatMap((id) => this.#concerned(id, latest));
  }

  /** Members of the group by the org, and by the events. */
  #concerned(groupId: string, latest: Events): readonly string[] {
    const members = this.#org.group(groupId)?.members.map(({ id }: SimulatedUser) => id) ?? [];
    const said = [...latest].flatMap(([id, event]) => (JSON.stringify(event).includes(groupId) ? [id] : []));
    return [...members, ...said];
  }
}

const PLACES: Readonly<Record<Part, RegExp>> = {
  factors: /^\.user\.has_mfa:/,
  roles: /^\.user\.(type|type_id|groups\.\d+\.privileges(\.\d+)?):/,
  groups: /^\.user\.groups(\.|:)/,
};

/** True when the difference is of a part that nobody can know. Of other dialects, a user's whole event is let go. */
export function isExcepted(difference: string, id: string, parts: ReadonlySet<Part> | undefined): boolean {
  if (parts === undefined) return false;
  const place = difference.slice(id.length);
  return [...parts].some((part) => PLACES[part].test(place));
}
