import type { SimulatedRule } from './assets/asset-model.ts';
import type { Change, ChangeDesk, Touched } from './change-desk.ts';
import { otherTarget } from './log-event.ts';
import { makeId } from './random.ts';

const NOBODY: Touched = { users: [], groups: [] };

export interface RuleChanges {
  readonly name?: string;
  readonly expression?: string;
  readonly status?: 'ACTIVE' | 'INACTIVE';
  readonly groupIds?: readonly string[];
  readonly excludedUsers?: readonly string[];
}

/** No event tells of a rule that is made, changed or deleted. */
export function ruleMutations(desk: ChangeDesk) {
  const { assets, seed } = desk.org;
  return {
    createRule: (facts: RuleChanges & { readonly groupIds: readonly string[] }): Change =>
      desk.change('createRule', (at) => {
        assets.addRule((number) => ({
          id: makeId('0pr', seed, number),
          number,
          name: `New rule ${number}`,
          status: 'INACTIVE',
          expression: 'user.department == "Support"',
          excludedUsers: [],
          excludedGroups: [],
          ...facts,
          createdAt: at,
          lastUpdatedAt: at,
        }));
        return NOBODY;
      }),

    changeRule: (ruleId: string, changes: RuleChanges): Change =>
      desk.change('changeRule', (at) => {
        Object.assign(findRule(desk, ruleId), changes, { lastUpdatedAt: at });
        return NOBODY;
      }),

    /** Okta finds that it cannot be evaluated any more. */
    breakRule: (ruleId: string): Change =>
      desk.change('breakRule', (at) => {
        const rule = findRule(desk, ruleId);
        Object.assign(rule, { status: 'INVALID', lastUpdatedAt: at });
        const targets = [otherTarget('GroupRule', rule.id, rule.name)];
        desk.say({ eventType: 'group.user_membership.rule.invalidate', targets, isJob: true });
        return NOBODY;
      }),

    deleteRule: (ruleId: string): Change =>
      desk.change('deleteRule', () => {
        assets.removeRule(findRule(desk, ruleId));
        return NOBODY;
      }),
  };
}

function findRule({ org }: ChangeDesk, id: string): SimulatedRule {
  const rule = org.assets.rule(id);
  if (rule === undefined) throw new Error(`the org has no rule ${id}`);
  return rule;
}
