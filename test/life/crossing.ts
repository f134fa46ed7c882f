import type { SimulatedUser } from '../../src/simulator/index.ts';
import type { Random } from '../../src/simulator/org/random.ts';
import type { Settings } from './draw.ts';
import type { LifeStage } from './stage.ts';

const MOST = 6;
const OUTSIDE = 'Elsewhere';

/** Users who leave the selection, or come (back) to it. */
export class Crossings {
  readonly #stage: LifeStage;
  /** Takes each user who left back in. */
  readonly #back = new Map<string, () => void>();

  constructor(stage: LifeStage) {
    this.#stage = stage;
  }

  /** Those who are outside come back, or others leave. */
  cross(settings: Settings, random: Random): string | undefined {
    if (this.#back.size > 0 && random.chance(0.6)) return this.#return();
    const { org } = this.#stage;
    const start = random.below(org.users.length);
    const some = [...org.users.slice(start), ...org.users.slice(0, start)].filter(
      ({ status }) => status !== 'DEPROVISIONED',
    );
    const left = some
      .slice(0, MOST * 4)
      .filter((user) => this.#back.size < MOST * 2 && this.#leave(user, settings))
      .slice(0, MOST);
    for (const user of left) if (random.chance(0.5)) this.#changeOutside(user, random);
    return left.length === 0 ? undefined : `left the selection ${left.map(({ id }) => id).join(' ')}`;
  }

  #return(): string {
    const { org } = this.#stage;
    const back = [...this.#back].filter(([id]) => org.user(id) !== undefined);
    this.#back.clear();
    for (const [, act] of back) act();
    return `came back ${back.map(([id]) => id).join(' ')}`;
  }

  /** True when the user has left. */
  #leave({ id, status }: SimulatedUser, settings: Settings): boolean {
    const { org, mutations } = this.#stage;
    if (this.#back.has(id)) return false;
    const search = settings['OKTA_USER_SEARCH'];
    if (search?.includes('department') === true) {
      const user = org.user(id);
      if (user === undefined) return false;
      const { department } = org.profile(user);
      mutations.updateProfile(id, { department: OUTSIDE });
      this.#back.set(id, () => void mutations.updateProfile(id, { department }));
      return true;
    }
    if (search !== undefined || 'STATUSES' in settings) return this.#lock(id, status);
    return this.#moveGroups(id, settings);
  }

  #lock(id: string, status: string): boolean {
    const { org, mutations } = this.#stage;
    if (status !== 'ACTIVE') return false;
    mutations.lock(id);
    this.#back.set(id, () => {
      if (org.user(id)?.status === 'LOCKED_OUT') mutations.unlock(id);
    });
    return true;
  }

  #moveGroups(id: string, settings: Settings): boolean {
    const { org, mutations } = this.#stage;
    const user = org.user(id);
    const listOf = (name: string): readonly string[] => [...new Set(settings[name]?.split(','))];
    const [included, excluded] = [listOf('INCLUDE_GROUPS'), listOf('EXCLUDE_GROUPS')];
    const isIn = (groupId: string): boolean => user?.groups.some((group) => group.id === groupId) === true;
    const isThere = (groupId: string): boolean => org.group(groupId) !== undefined;
    const own = included.filter((each) => isThere(each) && isIn(each));
    const other = excluded.filter((each) => isThere(each) && !isIn(each));
    if (user === undefined || own.length + other.length === 0) return false;
    for (const each of own) mutations.removeMember(each, id);
    for (const each of other) mutations.addMember(each, id);
    this.#back.set(id, () => {
      for (const each of own) if (isThere(each) && !isIn(each)) mutations.addMember(each, id);
      for (const each of other) if (isThere(each) && isIn(each)) mutations.removeMember(each, id);
    });
    return true;
  }

  /** Nobody reads a user who is outside: what changes then must be right when the user is back. */
  #changeOutside({ id }: SimulatedUser, random: Random): void {
    const { org, mutations } = this.#stage;
    const user = org.user(id);
    if (user === undefined || user.status === 'DEPROVISIONED') return;
    const groups = org.groups.filter((group) => group.type === 'OKTA_GROUP' && !user.groups.includes(group));
    if (groups.length > 0 && random.chance(0.5)) mutations.addMember(random.pick(groups).id, id);
    if (random.chance(0.5)) mutations.grantUserRole(id);
    if (user.factors.length > 0 && random.chance(0.5)) mutations.resetFactors(id);
  }
}
