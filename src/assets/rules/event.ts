import type { Resource, ResourceKind } from '../../ocsf/resource.ts';
import { flag, listOf, text } from '../../ocsf/official/shapes.ts';
import type { RuleFacts } from '../../ports/asset-facts.ts';

export const RULES: ResourceKind = {
  types: ['okta_rule'],
  data: {
    status: text,
    expression: text,
    excluded_users: listOf(text),
    excluded_groups: listOf(text),
    are_groups_valid: flag,
  },
};

export function ruleResource({ rule, groups, org, readAt }: RuleFacts): Resource {
  return {
    uid: rule.id,
    name: rule.name,
    type: 'okta_rule',
    labels: rule.status === undefined ? [] : [`status:${rule.status}`],
    data: {
      status: rule.status,
      expression: rule.expression,
      excluded_users: rule.excludedUsers,
      excluded_groups: rule.excludedGroups,
      are_groups_valid: rule.areGroupsValid,
    },
    created: rule.created,
    lastUpdated: rule.lastUpdated,
    edges: groups.map((group) => ({ relation: 'MANAGES', to: { type: 'okta_user_group', ...group } })),
    unknown: [],
    org,
    readAt,
  };
}
