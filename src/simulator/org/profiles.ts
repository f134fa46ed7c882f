import type { JsonObject } from '../json.ts';
import {
  CITIES,
  COUNTRIES,
  DEPARTMENTS,
  DOMAINS,
  FIRST_NAMES,
  LAST_NAMES,
  ORGANIZATIONS,
  TITLES,
} from './names.ts';
import type { SimulatedUser } from './org-model.ts';
import { createRandom, mix } from './random.ts';
import type { Random } from './random.ts';

/** A user's profile follows from the seed, so that a large org need not hold every one in memory. */
export function profileOf(seed: number, user: SimulatedUser): JsonObject {
  const random = createRandom(mix(mix(seed, 11), user.number));
  const profile = makeProfile(random, user.number);
  return user.patch === undefined ? profile : { ...profile, ...user.patch };
}

function makeProfile(random: Random, number: number): JsonObject {
  const firstName = random.pick(FIRST_NAMES);
  const lastName = random.pick(LAST_NAMES);
  const domain = random.pick(DOMAINS);
  const login = `${plain(firstName)}.${plain(lastName)}${number}@${domain}`;
  return {
    firstName,
    lastName,
    mobilePhone: random.chance(0.3) ? `+336${String(10_000_000 + random.below(89_999_999))}` : null,
    secondEmail: random.chance(0.1) ? '' : null,
    login,
    email: random.chance(0.05) ? `${plain(lastName)}${number}@mail.${domain}` : login,
    ...makeWorkAttributes(random, `${firstName} ${lastName}`, number),
  };
}

function makeWorkAttributes(random: Random, name: string, number: number): JsonObject {
  return {
    ...(random.chance(0.6) ? { displayName: name } : {}),
    ...(random.chance(0.7) ? { department: random.pick(DEPARTMENTS) } : {}),
    ...(random.chance(0.4) ? { organization: random.pick(ORGANIZATIONS) } : {}),
    ...(random.chance(0.5) ? { title: random.pick(TITLES), employeeNumber: String(100_000 + number) } : {}),
    ...(random.chance(0.3)
      ? { city: random.pick(CITIES), countryCode: random.pick(COUNTRIES), locale: 'en_US' }
      : {}),
    ...(random.chance(0.05)
      ? { userType: 'service', badges: ['a', 'b'], badgeNumber: number, onCall: true }
      : {}),
  };
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();
}
