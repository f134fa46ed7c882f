import type { AssignmentEvent } from '../../ports/source.ts';

/** The groups, as they are known now, that may explain why a user came to an application or left it. */
export interface KnownGroups {
  /** Groups that are assigned to the application. */
  readonly ofApp: readonly string[];
  readonly isMember: (groupId: string, userId: string) => boolean;
}

interface Move {
  readonly change: AssignmentEvent['change'];
  readonly at: number;
}

/**
 * The events of one cycle that say who came to an application, a group, or who left. Okta writes the events of an
 * application's users also for assignments that come through a group: one for each member. Such an event needs no call
 * when it is the only one of that user and application, and was published after the event that explains it.
 */
export class AssignmentEvents {
  readonly #ofUsers = new Map<string, Move[]>();
  readonly #memberships = new Map<string, Map<string, Move>>();
  readonly #assignments = new Map<string, Map<string, Move>>();

  add(event: AssignmentEvent): void {
    const move = { change: event.change, at: event.at };
    if (event.kind === 'app-user') {
      const key = keyOf(event.appId, event.userId);
      const moves = this.#ofUsers.get(key);
      if (moves === undefined) this.#ofUsers.set(key, [move]);
      else moves.push(move);
      return;
    }
    const [map, owner] =
      event.kind === 'membership'
        ? ([this.#memberships, event.userId] as const)
        : ([this.#assignments, event.appId] as const);
    const ofOwner = map.get(owner) ?? new Map<string, Move>();
    map.set(owner, ofOwner.set(event.groupId, move));
  }

  /** An earlier run was told of the two and could not read it, so that an event that comes now is not the only one. */
  inherit(appId: string, userId: string): void {
    this.add({ kind: 'app-user', appId, userId, change: 'other', at: 0 });
  }

  /** The change of this user's assignment that groups explain; `undefined`: Okta must be asked. */
  explained(appId: string, userId: string, known: KnownGroups): 'add' | 'remove' | undefined {
    const [move, ...others] = this.#ofUsers.get(keyOf(appId, userId)) ?? [];
    if (move === undefined || others.length > 0 || move.change === 'other') return undefined;
    const assignments = this.#assignments.get(appId) ?? NONE;
    const memberships = this.#memberships.get(userId) ?? NONE;
    const explains = (groupId: string): boolean =>
      isCause(assignments.get(groupId), move) || isCause(memberships.get(groupId), move);
    const shared = known.ofApp.filter((groupId) => known.isMember(groupId, userId));
    if (move.change === 'add') return shared.some(explains) ? 'add' : undefined;
    const left = [...assignments.keys(), ...memberships.keys()];
    // A user who is still in a group of the application has it through that group.
    return shared.length === 0 && left.some(explains) ? 'remove' : undefined;
  }
}

const NONE: ReadonlyMap<string, Move> = new Map();

/** An effect comes after its cause. One that came before it may be a direct assignment. */
function isCause(cause: Move | undefined, effect: Move): boolean {
  return cause !== undefined && cause.change === effect.change && cause.at < effect.at;
}

function keyOf(appId: string, userId: string): string {
  return `${appId} ${userId}`;
}
