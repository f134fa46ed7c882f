import type { Report } from '../../src/ports/report.ts';
import { createRandom, mix, type Random } from '../../src/simulator/org/random.ts';
import { printedEvents } from '../whole-job/said.fixture.ts';
import type { Ended } from '../whole-job/launch.fixture.ts';
import {
  changeSettings,
  drawPlan,
  drawSettings,
  settingsThatHold,
  type Has,
  type Plan,
  type Settings,
  type Trouble,
} from './draw.ts';
import { includesDeprovisioned, isSelectedByGroups, wantedUsers } from './expected.ts';
import { isToldByTruth, judge, type Known } from './judge.ts';
import { setUp, type LifeStage } from './stage.ts';
import { calm, killAtCall, killSometime, upset } from './upset.ts';
import { Crossings } from './crossing.ts';
import { drawRefusing, lateFlags, loseEvents, movePolicy, moveRolesSilently } from './silent.ts';
import { Unsaid } from './unsaid.ts';
import { CHANGE_KINDS } from '../incremental/changing-stage.fixture.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const KINDS = [...CHANGE_KINDS, 'logIn'] as const;
/** Below it MAX_REMOVALS asks nothing in an org of this size. */
const FEW_REMOVALS = 3;

export interface RoundOptions {
  readonly seed: number;
  readonly troubles: readonly Trouble[];
  /** The largest org. */
  readonly mostUsers?: number;
  readonly mostPhases?: number;
  readonly tell?: (line: string) => void;
}

export interface Round {
  readonly seed: number;
  readonly users: number;
  readonly dialect: string;
  readonly settings: Settings;
  /** The events of this life, in order, to find a fault again. */
  readonly story: readonly string[];
  readonly counts: Counts;
  readonly differences: readonly string[];
}

interface Counts {
  runs: number;
  failed: number;
  kills: number;
  changes: number;
  checks: number;
  faults: number;
}

class Life {
  readonly story: string[] = [];
  readonly counts: Counts = { runs: 0, failed: 0, kills: 0, changes: 0, checks: 0, faults: 0 };
  readonly #stage: LifeStage;
  readonly #random: Random;
  readonly #has: Has;
  readonly #plan: Plan;
  readonly #tellNow: (line: string) => void;
  settings: Settings;
  readonly #unsaid: Unsaid;
  readonly #crossings: Crossings;
  readonly #past: Settings[] = [];
  /** Users whom changes amid a run have touched. */
  readonly #moved = new Set<string>();
  #known: Known | undefined;
  /** A full run may have been killed or have failed, and the next one goes on. */
  #mayGoOn = false;
  #removed = 0;

  constructor(stage: LifeStage, random: Random, has: Has, plan: Plan, tell: (line: string) => void) {
    this.#stage = stage;
    this.#random = random;
    this.#has = has;
    this.#plan = plan;
    this.#tellNow = tell;
    this.#unsaid = new Unsaid(stage.org);
    this.#crossings = new Crossings(stage);
    this.settings = drawSettings(random, has, stage.org);
    this.#tell(`settings ${JSON.stringify(this.settings)}`);
  }

  #tell(line: string): void {
    this.story.push(line);
    this.#tellNow(line);
  }

  /** A time of faults and changes, then quiet: what is wrong then. */
  async phase(): Promise<readonly string[]> {
    const random = this.#random;
    if (this.#has('refusing-groups') && random.chance(0.4))
      this.#tellOf(drawRefusing(this.#stage, random, this.#unsaid));
    for (let left = random.below(3); left >= 0; left -= 1) {
      this.#change(random.below(12));
      this.#move();
      if (this.#has('settings-change') && random.chance(0.25)) this.#changeSettings();
      const broken = await this.#upsetRun();
      if (broken.length > 0) return broken;
    }
    this.#calm();
    if (this.#has('settings-change') && random.chance(0.1)) this.#changeSettings();
    const wrong = await this.#quiet([]);
    return wrong.length > 0 || random.chance(0.4)
      ? wrong
      : this.#quiet(random.pick([['--full'], ['--full', '--vouched'], ['--full', '--vouched']]));
  }

  /** A group that selects users must list its members, or no run can begin. */
  #calm(): void {
    for (const name of ['INCLUDE_GROUPS', 'EXCLUDE_GROUPS'])
      for (const id of this.settings[name]?.split(',') ?? []) this.#unsaid.refusing.delete(id);
    calm(this.#stage, this.#unsaid.refusing);
  }

  #tellOf(line: string | undefined): void {
    if (line !== undefined) this.#tell(line);
  }

  /** Changes that a listing alone shows, that the log tells of without names, or that nothing tells. */
  #move(): void {
    const [stage, random, has] = [this.#stage, this.#random, this.#has];
    if (has('silent-roles') && this.#showsFlags && random.chance(0.3))
      this.#tellOf(moveRolesSilently(stage, random, this.#unsaid));
    if (has('policies') && random.chance(0.15)) this.#tell(movePolicy(stage, random, this.#unsaid));
    if (has('lost-events') && random.chance(0.1)) this.#tell(loseEvents(stage, random, this.#unsaid));
    if (has('selection-crossing') && random.chance(0.6))
      this.#tellOf(this.#crossings.cross(this.settings, random));
  }

  /**
   * Where the listing of groups says rightly which of them hold roles. Where only very small pages say it, the product
   * lists groups without it.
   */
  get #showsFlags(): boolean {
    const { stats, adminFlag } = this.#plan.style;
    return stats === 'ok' && adminFlag !== 'absent' && adminFlag !== 'mixed';
  }

  #change(count: number): void {
    const make = (): void => {
      const made = this.#stage.mutations.randomChanges(count, this.#random.below(1e9), KINDS);
      this.counts.changes += made.length;
      for (const { users } of made) for (const id of users) this.#moved.add(id);
      if (made.length > 0) this.#tell(`changes ${made.map(({ kind }) => kind).join(' ')}`);
    };
    if (this.#has('late-flags')) lateFlags(this.#stage, make);
    else make();
  }

  #changeSettings(decides: 'any' | 'questions' = 'any'): void {
    const goesBack = this.#has('settings-back') && this.#past.length > 0 && this.#random.chance(0.4);
    this.#past.push(this.settings);
    this.settings = goesBack
      ? this.#random.pick(this.#past)
      : changeSettings(this.settings, this.#random, { has: this.#has, org: this.#stage.org, decides });
    this.#tell(`settings ${JSON.stringify(this.settings)}`);
  }

  #pass(ms: number): void {
    this.#stage.clock.putForward(ms);
  }

  async #upsetRun(): Promise<readonly string[]> {
    const random = this.#random;
    const isLong = this.#has('long-idle') && random.chance(0.02);
    this.#pass(isLong ? 91 * DAY : random.below(random.chance(0.9) ? 20 * MINUTE : 30 * 60 * MINUTE));
    const told = upset(this.#stage, random, this.#has, this.#unsaid.refusing);
    const every = 20 + random.below(200);
    const offset = this.#stage.okta.tally.total;
    this.#stage.hooks.onRequest = ({ count }) => {
      if ((count - offset) % every === 0 && count - offset < 10 * every) this.#change(1);
    };
    const argv = [
      'sync',
      ...random.pick([[], [], [], ['--full'], ['--full', '--vouched'], ['--incremental']]),
    ];
    const isAimed = this.#has('aimed-kills') && random.chance(0.25);
    const hasNewSettings = isAimed && this.#has('settings-change') && random.chance(0.6);
    if (hasNewSettings) this.#changeSettings('questions');
    this.#tell(`upset run ${argv.join(' ')}: ${told.join(', ')}`);
    this.settings = settingsThatHold(this.settings, this.#stage.org);
    const isKilled = isAimed || (this.#has('kills') && random.chance(0.3));
    const seen = wantedIds(this.#stage.org, this.settings);
    this.#moved.clear();
    const aim = isAimed ? { hasNewSettings } : undefined;
    const ended = isKilled ? await this.#killed(argv, aim) : await this.#stage.run(argv, this.settings);
    this.#stage.hooks.onRequest = () => undefined;
    this.#forgetUnlisted(seen, ended);
    return ended === undefined ? [] : this.#count(ended, false);
  }

  /** A full run that nobody judges forgets users who are outside a selection by groups, as it should. */
  #forgetUnlisted(seen: ReadonlySet<string>, ended: Ended | undefined): void {
    const mode = ended === undefined ? undefined : reportIn(ended)?.mode;
    if (this.#known === undefined || mode === 'incremental' || !isSelectedByGroups(this.settings)) return;
    const now = wantedIds(this.#stage.org, this.settings);
    const isSure = (id: string): boolean => seen.has(id) && now.has(id) && !this.#moved.has(id);
    this.#known = { ...this.#known, wanted: new Set([...this.#known.wanted].filter(isSure)) };
  }

  async #killed(
    argv: readonly string[],
    aim: { readonly hasNewSettings: boolean } | undefined,
  ): Promise<Ended | undefined> {
    const child = this.#stage.start(argv, this.settings);
    const killed =
      aim !== undefined
        ? await killAtCall(child, this.#stage, this.#random, aim.hasNewSettings)
        : (await killSometime(child, this.#stage, this.#random)) && 'at some time';
    const ended = await child.ended;
    if (killed === undefined || killed === false) return ended;
    this.counts.kills += 1;
    this.#mayGoOn = true;
    this.#tell(`killed ${killed}`);
    return undefined;
  }

  /** The ends that no run may have, faults or not. */
  #count(ended: Ended, isQuiet: boolean): readonly string[] {
    this.counts.runs += 1;
    const report = reportIn(ended);
    this.#tell(
      `ended ${ended.code}: ${report?.mode} ${report?.outcome} ${JSON.stringify(report?.error ?? '')}`,
    );
    if (report === undefined) return [`no report, exit ${ended.code}: ${ended.stderr.slice(-500)}`];
    const { error, outcome, gaps, intake } = report;
    const goesOn = this.#mayGoOn;
    if (report.mode === 'full') this.#mayGoOn = !outcome.startsWith('completed');
    if (outcome === 'failed') this.counts.failed += 1;
    if (error !== undefined && (isQuiet || BROKEN.has(error.code)))
      return [`run failed: ${error.code}: ${error.message}`];
    if (!isQuiet) return [];
    // A full run that goes on has asked some users for their groups before others came to a group that refuses.
    const mayMiss = report.mode === 'incremental' || goesOn;
    const mayHaveGaps = this.#unsaid.refusing.size > 0 && mayMiss;
    // A user of an interrupted run may be found gone by a lookup of the run that goes on.
    const isGap = (reasons: object): boolean => Object.keys(reasons).some((reason) => reason !== 'gone');
    const lacking = Object.entries(gaps).flatMap(([name, reasons]) => (isGap(reasons) ? [name] : []));
    const rest = lacking.filter((name) => !mayHaveGaps || (name !== 'groups' && name !== 'roles'));
    return [
      ...(rest.length > 0 ? [`gaps without a fault: ${JSON.stringify(gaps)}`] : []),
      ...(intake.pending > 0 ? [`${intake.pending} events wait though all is well`] : []),
    ];
  }

  /** All that was late is there, nobody changes anything, everybody answers: then all must be true. */
  async #quiet(argv: readonly string[]): Promise<readonly string[]> {
    const { org, run, clock } = this.#stage;
    this.#calm();
    this.#pass(Math.max(this.#plan.searchLagMs, this.#plan.logLagMs) + MINUTE);
    this.settings = settingsThatHold(this.settings, org);
    await run(['dead-letters', 'replay'], this.settings);
    const accepts =
      org.removed.size - this.#removed > FEW_REMOVALS || wantedUsers(org, this.settings).length < 40;
    const startedAt = clock.now();
    const ended = await run(['sync', ...argv, ...(accepts ? ['--accept-removals'] : [])], this.settings);
    this.#tell(`quiet run ${argv.join(' ')}`);
    const broken = this.#count(ended, true);
    const report = reportIn(ended);
    const wrong =
      report === undefined || broken.some((line) => line.startsWith('run failed'))
        ? []
        : await this.#judge(argv, report, startedAt);
    this.#removed = org.removed.size;
    return [...broken, ...wrong];
  }

  async #judge(argv: readonly string[], report: Report, startedAt: number): Promise<readonly string[]> {
    const { org, intake, run } = this.#stage;
    const { settings } = this;
    const fresh = isToldByTruth(settings) ? undefined : printedEvents(await run(['dry-run'], settings));
    const latest = intake.latestByUid();
    this.counts.checks += 1;
    const mode = report.mode === 'incremental' ? 'incremental' : 'full';
    const asksEverybody = argv.includes('--full') && !argv.includes('--vouched');
    const unknowable = this.#unsaid.after({ startedAt, report, asksEverybody, settings, latest });
    const wrong = judge({
      org,
      settings,
      mode,
      hasLastLogin: argv.length > 0,
      latest,
      fresh,
      unknowable,
      known: this.#known,
    });
    // An incremental run does not see users who come to a group that selects.
    const isPartly = mode === 'incremental' && isSelectedByGroups(settings);
    const isNew = (id: string): boolean => !isPartly || (this.#known === undefined && latest.has(id));
    const wanted = [...wantedIds(org, settings)].filter(isNew);
    const before = mode === 'full' ? [] : [...(this.#known?.wanted ?? [])];
    const isHeld = (id: string): boolean => org.user(id) !== undefined || includesDeprovisioned(settings);
    this.#known = { settings, wanted: new Set([...wanted, ...before.filter(isHeld)]) };
    return wrong;
  }
}

function wantedIds(org: LifeStage['org'], settings: Settings): ReadonlySet<string> {
  return new Set(wantedUsers(org, settings).map(({ id }) => id));
}

/** Errors that are faults of the program whatever the other sides do. */
const BROKEN = new Set(['internal', 'inventory', 'config']);

function reportIn({ stdout }: Ended): Report | undefined {
  return stdout === '' ? undefined : JSON.parse(stdout);
}

/** One org from its first run on, until something is wrong or its phases are over. */
export async function playRound(options: RoundOptions): Promise<Round> {
  const { seed, troubles, mostUsers = 400, mostPhases = 5, tell = () => undefined } = options;
  const random = createRandom(mix(seed, 97));
  const has: Has = (trouble) => troubles.includes(trouble);
  const plan = drawPlan(random, has, { most: mostUsers });
  const stage = await setUp(plan, seed);
  try {
    tell(`plan ${JSON.stringify(plan)}`);
    const life = new Life(stage, random, has, plan, tell);
    let differences: readonly string[] = [];
    for (let phase = 0; phase < Math.min(plan.phases, mostPhases) && differences.length === 0; phase += 1)
      differences = await life.phase();
    const faults =
      stage.okta.tally.faults +
      stage.okta.tally.refused +
      stage.intake.requests.filter(({ status }) => status !== 200).length;
    const { story, counts, settings } = life;
    return {
      seed,
      users: plan.org.users ?? 0,
      dialect: settings['DIALECT'] ?? '',
      settings,
      story,
      counts: { ...counts, faults },
      differences,
    };
  } finally {
    calm(stage);
    await stage.close();
  }
}
