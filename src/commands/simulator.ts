import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { defineLone } from './define.ts';

/** As the simulated org names them: loading it would slow down all help. */
const HOOK_FAULTS = ['late', 'double', 'shuffle', 'drop'] as const;
const MOST_USERS = 100_000;
const HIGHEST_PORT = 65_535;

/** Options for the org, its faults and the address where it listens. */
const OPTIONS: readonly Option[] = [
  number('--users <n>', 'users of the org', { least: 1, most: MOST_USERS, fallback: 1_000 }),
  number('--groups <n>', 'groups besides Everyone', { least: 0, most: 20_000, fallback: 50 }),
  number('--groups-per-user <n>', 'on average, besides Everyone', { least: 0, most: 200, fallback: 5 }),
  number('--admins <n>', 'users who hold roles directly', { least: 0, most: 10_000, fallback: 8 }),
  number('--admin-groups <n>', 'groups that hold roles', { least: 0, most: 1_000, fallback: 3 }),
  number('--apps <n>', 'applications of the org', { least: 0, most: 5_000, fallback: 0 }),
  number('--apps-for-everyone <n>', 'of those, the ones assigned to Everyone', {
    least: 0,
    most: 5_000,
    fallback: 0,
  }),
  number('--users-per-app <n>', 'of each of the others, directly and through groups', {
    least: 1,
    most: MOST_USERS,
    fallback: 50,
  }),
  number('--rules <n>', 'group rules', { least: 0, most: 2_000, fallback: 0 }),
  number('--devices <n>', 'devices, of none to three users each', {
    least: 0,
    most: MOST_USERS,
    fallback: 0,
  }),
  new Option('--classic', 'an org of the Classic Engine, without devices'),
  new Option('--rules-off', 'an org where group rules are switched off'),
  share('--deprovisioned-share <share>', 'the part of users who are deactivated', 0.03),
  new Option('--odd-users', 'users with names, addresses and dates such as real orgs hold'),
  new Option('--broken-users', 'a few users without login or creation date: dead letters'),
  number('--seed <n>', 'the same seed makes the same org', { least: 0, most: 2 ** 32 - 1, fallback: 1 }),
  share('--fault-rate <share>', "the part of Okta's answers that go wrong, but cure themselves", 0),
  share('--intake-fault-rate <share>', "the same of the intake's", 0),
  number('--rate-limit <n>', "calls a window in each of Okta's buckets (default: Okta's own)", {
    least: 1,
    most: 10_000_000,
  }),
  number('--window <seconds>', 'how long a rate-limit window lasts', {
    least: 1,
    most: 3_600,
    fallback: 60,
  }),
  new Option('--latency <ms>', "how long each of Okta's answers takes: 20, or 20-80")
    .argParser(parseLatency)
    .default([0, 0], '0'),
  number('--changes <n>', 'random changes a minute, as the log and hooks tell them', {
    least: 0,
    most: 60_000,
    fallback: 0,
  }),
  new Option('--hooks', 'event hooks to http on this machine too; prints the token that manages them'),
  new Option('--hook-faults <kinds>', `how their requests go wrong: ${HOOK_FAULTS.join(',')}`)
    .argParser(parseHookFaults)
    .default([], 'none'),
  share('--hook-fault-rate <share>', 'the part of them that each of these meets', 0.3),
  port('--okta-port <n>', "of the org's API"),
  port('--intake-port <n>', "of the intake's"),
  new Option('--json', 'the settings as one line of JSON, which --config takes too'),
];

const schema = z.object({
  users: z.number(),
  groups: z.number(),
  groupsPerUser: z.number(),
  admins: z.number(),
  adminGroups: z.number(),
  apps: z.number(),
  appsForEveryone: z.number(),
  usersPerApp: z.number(),
  rules: z.number(),
  devices: z.number(),
  classic: z.boolean().default(false),
  rulesOff: z.boolean().default(false),
  deprovisionedShare: z.number(),
  oddUsers: z.boolean().default(false),
  brokenUsers: z.boolean().default(false),
  seed: z.number(),
  faultRate: z.number(),
  intakeFaultRate: z.number(),
  rateLimit: z.number().exactOptional(),
  window: z.number(),
  latency: z.tuple([z.number(), z.number()]).readonly(),
  changes: z.number(),
  hooks: z.boolean().default(false),
  hookFaults: z.array(z.enum(HOOK_FAULTS)).readonly(),
  hookFaultRate: z.number(),
  oktaPort: z.number(),
  intakePort: z.number(),
  json: z.boolean().default(false),
});

export const simulator = defineLone({
  name: 'simulator',
  summary: 'an Okta org and an intake on this machine, until stopped; prints the settings that lead to them',
  options: OPTIONS,
  schema,
  body: async (...given) => (await import('./bodies/simulator.ts')).runSimulator(...given),
});

interface Range {
  readonly least: number;
  readonly most: number;
  readonly fallback?: number;
}

function number(flags: string, about: string, { least, most, fallback }: Range): Option {
  return new Option(flags, about).default(fallback).argParser((text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  });
}

function port(flags: string, about: string): Option {
  const option = number(flags, `the port ${about}; 0: any free one`, { least: 0, most: HIGHEST_PORT });
  return option.default(0);
}

function share(flags: string, about: string, fallback: number): Option {
  return new Option(flags, about).default(fallback).argParser((text) => {
    const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= 0 && value <= 1) return value;
    throw new InvalidArgumentError('It must be a number from 0 to 1, such as 0.02.');
  });
}

function parseLatency(text: string): readonly [number, number] {
  const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [least, most] = [Number(from), Number(to)];
  if (from !== '' && least <= most) return [least, most];
  throw new InvalidArgumentError('It must be milliseconds, such as 20 or 20-80.');
}

function parseHookFaults(text: string): readonly (typeof HOOK_FAULTS)[number][] {
  const names = text.split(',').map((name) => name.trim());
  const kinds = HOOK_FAULTS.filter((kind) => names.includes(kind));
  if (kinds.length === new Set(names).size) return kinds;
  throw new InvalidArgumentError(`It must be some of ${HOOK_FAULTS.join(', ')}, separated by commas.`);
}
