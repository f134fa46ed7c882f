import { jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import { listAnswer, listPage } from './endpoint.ts';
import type { Ask } from './endpoint.ts';
import type { JsonObject } from '../json.ts';
import type { SimulatedRule } from '../org/assets/asset-model.ts';
import { problem } from './problems.ts';

export function listRules(ask: Ask): ServerAnswer {
  if (ask.style.groupRules === 'off') return problem(400);
  const isWanted = ({ isLeftOut }: SimulatedRule): boolean => isLeftOut !== true;
  const listing = listPage(ask, ask.org.assets.rules, { defaultLimit: 50, ceiling: 200, isWanted });
  return listAnswer(ask, listing, (rule) => ruleBody(ask, rule));
}

export function getRule(ask: Ask): ServerAnswer {
  if (ask.style.groupRules === 'off') return problem(400);
  const rule = ask.org.assets.rule(ask.id);
  if (rule !== undefined) return jsonAnswer(200, ruleBody(ask, rule));
  return problem(404, 'E0000007', `Not found: Resource not found: ${ask.id} (GroupRule)`);
}

function ruleBody(ask: Ask, rule: SimulatedRule): JsonObject {
  return {
    type: 'group_rule',
    id: rule.id,
    status: rule.status,
    name: rule.name,
    created: new Date(rule.createdAt).toISOString(),
    lastUpdated: new Date(rule.lastUpdatedAt).toISOString(),
    conditions: {
      people: { users: { exclude: rule.excludedUsers }, groups: { exclude: rule.excludedGroups } },
      expression: { value: rule.expression, type: 'urn:okta:expression:1.0' },
    },
    actions: { assignUserToGroups: { groupIds: rule.groupIds } },
    allGroupsValid: rule.groupIds.every((id) => ask.org.group(id) !== undefined),
  };
}
