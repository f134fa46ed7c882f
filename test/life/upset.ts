import { setTimeout as sleep } from 'node:timers/promises';
import type { IntakeServerOptions, OktaServerOptions } from '../../src/simulator/index.ts';
import type { Random } from '../../src/simulator/org/random.ts';
import type { Launched } from '../whole-job/launch.fixture.ts';
import type { Has } from './draw.ts';
import { shortWaits } from './short-waits.ts';
import type { LifeStage } from './stage.ts';

type OktaFaults = NonNullable<OktaServerOptions['faults']>;
type IntakeFaults = NonNullable<IntakeServerOptions['faults']>;
type Refusals = Parameters<LifeStage['okta']['setRefusals']>[0];

/** For a call that a process waiting for its intake may never make. */
const LONGEST_WAIT_MS = 3_000;

const PER_USER = ['/api/v1/users/{id}/factors', '/api/v1/users/{id}/groups', '/api/v1/users/{id}/roles'];
const LOOKUPS = [
  ...PER_USER,
  '/api/v1/groups/{id}/users',
  '/api/v1/groups/{id}/roles',
  '/api/v1/iam/assignees/users',
];
const OKTA_KINDS: OktaFaults['kinds'] = [
  '500',
  '502',
  '503',
  '504',
  'reset',
  'truncated',
  'html',
  'not-json',
  '429',
];
const INTAKE_KINDS: IntakeFaults['kinds'] = [
  '500',
  '502',
  '503',
  '504',
  '408',
  'reset',
  '429',
  '429-date',
  'lost-acknowledgement',
];

/** The troubles of one run, in words. `refusing`: groups that do not list their members, whatever else happens. */
export function upset(
  stage: LifeStage,
  random: Random,
  has: Has,
  refusing: ReadonlySet<string>,
): readonly string[] {
  calm(stage, refusing);
  shortWaits.isOn = has('okta-hang') || has('intake-hang');
  return [...upsetOkta(stage, random, has, refusing), ...upsetIntake(stage, random, has)];
}

function upsetOkta(
  { okta }: LifeStage,
  random: Random,
  has: Has,
  refusing: ReadonlySet<string>,
): readonly string[] {
  const told: string[] = [];
  const refusals: Refusals[number][] = [];
  if (has('okta-faults') && random.chance(0.7)) {
    const rate = random.pick([0.02, 0.1, 0.3]);
    const kinds = has('okta-hang') && rate === 0.02 ? [...(OKTA_KINDS ?? []), 'hang' as const] : OKTA_KINDS;
    okta.setFaults({ rate, kinds: kinds ?? [], seed: random.below(1e9), maxRepeats: random.pick([2, 20]) });
    told.push(`okta-faults ${rate}`);
  }
  if (has('passing-refusals') && random.chance(0.25)) {
    const template = random.pick(LOOKUPS);
    refusals.push({ template, only: () => random.chance(0.15), status: 403 });
    told.push(`passing 403 ${template}`);
  }
  if (has('refused') && random.chance(0.2)) {
    const template = random.pick(LOOKUPS);
    refusals.push({ template, from: 1 + random.below(20), status: 403 });
    told.push(`refused ${template}`);
  }
  if (has('unreadable') && random.chance(0.2)) {
    const template = random.pick(LOOKUPS);
    refusals.push({ template, from: 1 + random.below(20), status: random.pick([200, 500]), body: 'html' });
    told.push(`unreadable ${template}`);
  }
  if (has('log-refused') && random.chance(0.1)) {
    refusals.push({ template: '/api/v1/logs', status: random.pick([403, 500]) });
    told.push('log refused');
  }
  if (has('refused-cursor') && random.chance(0.1)) {
    okta.setStyle({ refuseCursors: random.chance(0.5) ? 400 : 410 });
    told.push('log cursors refused');
  }
  okta.setRefusals([...refusals, ...ofMembers(refusing)]);
  return told;
}

function upsetIntake({ intake }: LifeStage, random: Random, has: Has): readonly string[] {
  const told: string[] = [];
  if (has('intake-faults') && random.chance(0.5)) {
    const rate = random.pick([0.1, 0.4]);
    const kinds =
      has('intake-hang') && rate === 0.1 ? [...(INTAKE_KINDS ?? []), 'hang' as const] : INTAKE_KINDS;
    intake.setFaults({ rate, kinds: kinds ?? [], seed: random.below(1e9), maxRepeats: 3 });
    told.push(`intake-faults ${rate}`);
  }
  if (has('intake-down') && random.chance(0.15)) {
    intake.setState(random.pick(['unavailable', 'reset']));
    if (random.chance(0.8)) setTimeout(() => intake.setState('up'), random.below(400));
    told.push('intake down');
  } else if (has('intake-refuses') && random.chance(0.12)) {
    intake.setState(random.pick([400, 422]));
    told.push('intake refuses');
  } else if (has('intake-too-large') && random.chance(0.08)) {
    intake.setState(413);
    told.push('intake 413');
  } else if (has('intake-page') && random.chance(0.12)) {
    intake.setState('page');
    told.push('intake page');
  }
  return told;
}

function ofMembers(refusing: ReadonlySet<string>): readonly Refusals[number][] {
  const only = (id: string): boolean => refusing.has(id);
  return [{ template: '/api/v1/groups/{id}/users', only, status: 403 }];
}

/** Everybody answers rightly again, but for groups that refuse to list their members. */
export function calm(
  { org, okta, intake, hooks }: LifeStage,
  refusing: ReadonlySet<string> = new Set(),
): void {
  okta.setFaults(undefined);
  okta.setStyle({ refuseCursors: undefined });
  okta.setRefusals(ofMembers(refusing));
  for (const group of org.groups) group.shownAdminFlag = undefined;
  intake.setFaults(undefined);
  intake.setState('up');
  shortWaits.isOn = false;
  hooks.onRequest = () => undefined;
}

/** At a call drawn, and a few milliseconds later; false when the process was over before. */
export async function killSometime(child: Launched, { okta }: LifeStage, random: Random): Promise<boolean> {
  const calls = okta.tally.total;
  const after = { calls: random.below(random.chance(0.5) ? 600 : 40), ms: random.below(60) };
  const isOver = child.ended.then(() => true);
  for (let waited = 0; okta.tally.total - calls <= after.calls && waited < LONGEST_WAIT_MS; waited += 10)
    if (await Promise.race([isOver, sleep(10, false)])) return false;
  await sleep(after.ms);
  child.kill('SIGKILL');
  return true;
}

/** The calls between which much is saved: settings, the log's cursor, pages, lookups. */
const AIMS = [
  '/.well-known/okta-organization',
  '/api/v1/logs',
  '/api/v1/logs',
  '/api/v1/groups',
  '/api/v1/users',
  '/api/v1/groups/{id}/users',
  '/api/v1/groups/{id}/roles',
  '/api/v1/iam/assignees/users',
  '/api/v1/users/{id}/factors',
];

/** Between the write of other settings and the first page of what they ask for. */
const FIRST_AIMS = ['/api/v1/logs', '/api/v1/logs', '/api/v1/groups', '/api/v1/users'];

/** As one of the first such calls arrives, before it is answered; `undefined` when the process was over before. */
export async function killAtCall(
  child: Launched,
  { hooks }: LifeStage,
  random: Random,
  hasNewSettings: boolean,
): Promise<string | undefined> {
  const template = random.pick(hasNewSettings ? FIRST_AIMS : AIMS);
  const nth = hasNewSettings || random.chance(0.6) ? 1 : 2 + random.below(3);
  const before = hooks.onRequest;
  let seen = 0;
  const kills: string[] = [];
  hooks.onRequest = (arrived) => {
    if (arrived.template === template) seen += 1;
    if (kills.length > 0 || seen < nth) return before(arrived);
    kills.push(`at call ${nth} of ${template}`);
    child.kill('SIGKILL');
  };
  await child.ended;
  return kills[0];
}
