import { contradictsFlag } from '../inventory/policy/groups.ts';
import type { NotedGroup } from '../ports/inventory.ts';
import type { Answer, Group, Role } from '../ports/org.ts';
import { answeredSinceOf } from './spread-answers.ts';
import type { AskParts, ListParts } from './parts.ts';

/**
 * Is it time to ask all groups for roles, whatever their flag says? The flag has been wrong before. Never in the first
 * run.
 */
export function isVerificationDue(everySoMany: number, fullRuns: number): boolean {
  return everySoMany > 0 && fullRuns > 0 && fullRuns % everySoMany === 0;
}

/**
 * Asks for the roles of groups: each group at most once a run, and not where the listing says that it holds none or an
 * earlier answer holds.
 */
export class GroupRoles {
  readonly #run: ListParts;
  readonly #isWanted: boolean;
  readonly #isVerifying: boolean;
  readonly #flaggedWithout = new Set<string>();
  readonly #holds = new Map<string, Promise<boolean>>();

  constructor(run: ListParts, isVerifying: boolean) {
    this.#run = run;
    this.#isVerifying = isVerifying;
    this.#isWanted = run.settings.lookups.has('group-roles') || run.settings.lookups.has('roles');
  }

  /**
   * Stores what the listing says, so that no lookup is made for it, and notes which earlier answers hold. A flag is not
   * believed against a known answer, which is then asked for again.
   */
  async note(groups: readonly NotedGroup[], readAt: number): Promise<void> {
    const flagged = groups.filter(({ group }) => group.adminFlag === false);
    if (this.#isVerifying) {
      for (const { group } of flagged) this.#flaggedWithout.add(group.id);
    } else {
      const without = flagged.filter((noted) => !contradictsFlag(noted)).map(({ group }) => group.id);
      await this.#run.inventory.groups.saveNoRoles(without, readAt);
      for (const id of without) this.#holds.set(id, Promise.resolve(false));
    }
    for (const noted of groups) if (this.#isAnswered(noted)) this.#noteAnswered(noted);
  }

  /** A verification of the flags believes only its own answers. */
  #isAnswered(noted: NotedGroup): boolean {
    const { group, rolesAskedAt = 0 } = noted;
    const { startedAt } = this.#run;
    const since = this.#isVerifying ? startedAt : answeredSinceOf(this.#run, 'group-roles', group.id);
    return rolesAskedAt >= since && !contradictsFlag(noted);
  }

  #noteAnswered({ group: { id }, roles, rolesAskedAt = 0 }: NotedGroup): void {
    if (this.#holds.has(id)) return;
    this.#holds.set(id, Promise.resolve(roles !== 'none'));
    if (rolesAskedAt < this.#run.startedAt) this.#count(true);
  }

  async askOf(groups: Promise<Answer<readonly Group[]>>): Promise<void> {
    const answer = await groups;
    if (answer.kind === 'known') await this.ask(answer.value);
  }

  /** Asks for the roles of these groups unless that was done; resolves when all are in the inventory. */
  async ask(groups: readonly Pick<Group, 'id'>[]): Promise<void> {
    if (this.#isWanted) await Promise.all(groups.map(({ id }) => this.mayHoldRoles(id)));
  }

  /** Resolves to false only when the group is known to hold no role. */
  mayHoldRoles(id: string): Promise<boolean> {
    const asked = this.#holds.get(id) ?? this.#ask(id);
    this.#holds.set(id, asked);
    return asked;
  }

  #count(isVouched: boolean): void {
    const { tally, settings } = this.#run;
    if (settings.lookups.has('group-roles')) tally.lookup('group-roles', isVouched);
  }

  async #ask(id: string): Promise<boolean> {
    this.#count(false);
    const answer = await askGroupRoles(this.#run, id);
    if (answer.kind === 'unknown' && answer.reason === 'gone') return false;
    const holds = answer.kind === 'unknown' || answer.value.length > 0;
    if (this.#flaggedWithout.has(id)) this.#checkFlag(id, holds && answer.kind === 'known');
    return holds;
  }

  #checkFlag(id: string, holds: boolean): void {
    const { tally, log } = this.#run;
    tally.groupsVerified += 1;
    if (!holds) return;
    tally.groupFlagsWrong += 1;
    log.warn({ group_id: id }, "a group holds roles although Okta's admin flag says that it does not");
  }
}

/** Stores one group's roles. Where they change something for the members, their events are made anew. */
export async function askGroupRoles(
  run: Omit<AskParts, 'log'>,
  id: string,
): Promise<Answer<readonly Role[]>> {
  const { source, inventory, tally, settings } = run;
  const marksUpTo = await inventory.marks.version();
  const askedAt = run.oktaNow();
  const answer = await source.getGroupRoles(id);
  if (answer.kind === 'unknown' && answer.reason === 'gone') {
    // This is no gap: the group does not exist any more.
    await inventory.groups.remove(id, run.oktaNow());
    return answer;
  }
  const roles = await inventory.groups.saveRoles(id, answer, askedAt, marksUpTo, run.oktaNow());
  if (answer.kind === 'unknown' && roles === 'unknown' && settings.lookups.has('group-roles'))
    tally.gap('group-roles', answer.reason);
  return answer;
}
