import type { Answer, Group, Role, SizedGroup } from '../ports.ts';
import type { Job } from './job.ts';

/** Roles of groups: each group is asked once a run, and not where the listing says that it holds none. */
export class GroupRoles {
  readonly #job: Job;
  readonly #isWanted: boolean;
  readonly #holds = new Map<string, Promise<boolean>>();

  constructor(job: Job) {
    this.#job = job;
    this.#isWanted = job.lookups.has('group-roles') || job.lookups.has('roles');
  }

  spare(groups: readonly SizedGroup[]): void {
    for (const { id, adminFlag } of groups)
      if (adminFlag === false) this.#holds.set(id, Promise.resolve(false));
  }

  /** Asks for the roles of these groups where that was not done; resolves when all are in the inventory. */
  async ask(groups: readonly Pick<Group, 'id'>[]): Promise<void> {
    if (this.#isWanted) await Promise.all(groups.map(({ id }) => this.mayHoldRoles(id)));
  }

  /** False only when it is known that the group holds no role. */
  mayHoldRoles(id: string): Promise<boolean> {
    const asked = this.#holds.get(id) ?? this.#ask(id);
    this.#holds.set(id, asked);
    return asked;
  }

  async #ask(id: string): Promise<boolean> {
    const { source, inventory, lookups, tally } = this.#job;
    const answer: Answer<readonly Role[]> = await source.getGroupRoles(id);
    if (answer.kind === 'unknown' && lookups.has('group-roles')) tally.gap('group-roles', answer.reason);
    await inventory.saveGroupRoles(id, answer);
    return answer.kind === 'unknown' || answer.value.length > 0;
  }
}
