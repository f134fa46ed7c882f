import { GROUP_WORDS } from './names.ts';
import type { GroupType, SimulatedGroup } from './org-model.ts';
import { createRandom, itemAt, makeId, mix } from './random.ts';

const DAY = 86_400_000;

/** One group who follows from seed and number alone; number 0 is Everyone. */
export function makeGroup(
  seed: number,
  number: number,
  asOf: number,
  fixed?: { readonly name: string; readonly description: string },
): SimulatedGroup {
  const random = createRandom(mix(mix(seed, 13), number));
  const createdAt = asOf - (400 + random.below(2_000)) * DAY;
  const lastUpdatedAt = createdAt + random.below(300 * DAY);
  return {
    id: makeId('00g', seed, number),
    number,
    type: fixed === undefined ? groupType(number) : 'BUILT_IN',
    name: fixed?.name ?? `${itemAt(GROUP_WORDS, number)} ${number}`,
    description: fixed?.description ?? groupDescription(number),
    createdAt,
    lastUpdatedAt,
    lastMembershipUpdatedAt: lastUpdatedAt + random.below(100 * DAY),
    members: [],
    roles: [],
  };
}

function groupType(number: number): GroupType {
  return number % 5 === 4 ? 'APP_GROUP' : 'OKTA_GROUP';
}

function groupDescription(number: number): string | null | undefined {
  if (number === 3) return 'Very long. '.repeat(2_000);
  if (number % 5 === 1) return null;
  if (number % 5 === 2) return undefined;
  return itemAt(['For the people of this team', '', 'Ünïcödé 🚀 "quoted"\nsecond line'], number);
}
