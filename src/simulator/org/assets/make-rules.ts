import type { OrgPeople, SimulatedGroup } from '../org-model.ts';
import { createRandom, itemAt, makeId, mix } from '../random.ts';
import type { Random } from '../random.ts';
import type { SimulatedRule } from './asset-model.ts';

const DAY = 86_400_000;
const STATUSES = ['ACTIVE', 'ACTIVE', 'INACTIVE', 'INVALID', 'ACTIVE'] as const;
const EXPRESSIONS = [
  'user.department == "Sales"',
  'String.startsWith(user.login, "adm-")',
  'isMemberOfGroupName("Platform 8") and user.countryCode == "FR"',
  'user.attributeThatIsGone == true',
] as const;

/** Every fifth names a group that does not exist; the first one makes administrators, where a group may. */
export function makeRules(org: OrgPeople, count: number, asOf: number): SimulatedRule[] {
  const groups = org.groups.filter(({ type }) => type === 'OKTA_GROUP');
  const admin = groups.find(({ roles }) => roles.length > 0);
  return Array.from({ length: count }, (_, number) => {
    const random = createRandom(mix(mix(org.seed, 43), number));
    const createdAt = asOf - (60 + random.below(900)) * DAY;
    const dangling = number % 5 === 4 ? [makeId('00g', org.seed, 1_000_000 + number)] : [];
    const first = number === 0 && admin !== undefined ? [admin.id] : drawGroupIds(random, groups);
    return {
      id: makeId('0pr', org.seed, number),
      number,
      name: `Rule ${number}: ${itemAt(['by department', 'by login', 'by country', 'Büro & "Lab"'], number)}`,
      status: itemAt(STATUSES, number),
      createdAt,
      lastUpdatedAt: createdAt + random.below(50 * DAY),
      expression: itemAt(EXPRESSIONS, number),
      excludedUsers: number % 3 === 1 && org.users.length > 0 ? [random.pick(org.users).id] : [],
      excludedGroups: [],
      groupIds: [...first, ...dangling],
    };
  });
}

function drawGroupIds(random: Random, groups: readonly SimulatedGroup[]): string[] {
  if (groups.length === 0) return [];
  const drawn = Array.from({ length: 1 + random.below(2) }, () => random.pick(groups).id);
  return [...new Set(drawn)];
}
