/** A week of one worker on a clock that passes at once: how runs start when things go wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { shareOf } from '../src/compose/connection.ts';
import { prepareCommand } from '../src/compose/prepare.ts';
import { runSettings } from '../src/compose/run-settings.ts';
import type { Clock } from '../src/ports/clock.ts';
import {
  OktaAuthError,
  OktaUnavailableError,
  SinkUnavailableError,
  type ConnectorError,
} from '../src/ports/errors.ts';
import type { RunState } from '../src/ports/run-state.ts';
import { createTestWorld } from '../src/process/world.fixture.ts';
import { decideRun } from '../src/sync/decide-run.ts';
import type { Attempted } from '../src/worker/attempt.ts';
import { CurrentSettings } from '../src/worker/current-settings.ts';
import { WorkerMetrics } from '../src/worker/metrics.ts';
import { Naps } from '../src/worker/naps.ts';
import { Pulse } from '../src/worker/pulse.ts';
import { Readiness } from '../src/worker/readiness.ts';
import type { AskedRun } from '../src/worker/requests.ts';
import { firstStartAt } from '../src/worker/schedule.ts';
import { work } from '../src/worker/worker.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Monday; the clocks of Berlin go back on the Sunday, at 01:00 UTC. */
const BEGIN = Date.parse('2026-10-19T00:00:00Z');
const END = BEGIN + 7 * 24 * HOUR;

const WINDOW = `FULL_SYNC_WINDOW: 22:00-05:00
SCHEDULE_TIME_ZONE: Europe/Berlin
OKTA_RATE_LIMIT_SHARE: 0.2
OKTA_RATE_LIMIT_SHARE_WINDOW: 0.8
`;
const BY_FREQUENCY = `FREQUENCY: 1200\n${WINDOW}`;
const BY_SCHEDULE = `SCHEDULE: 30 2,10,18 * * *\n${WINDOW}`;

/** A time of the week: day and time of day, in UTC. */
function at(day: 'Mon' | 'Tue' | 'Wed' | 'Thu' | 'Fri' | 'Sat' | 'Sun', time: string): number {
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(day);
  return Date.parse(`2026-10-${19 + days}T${time}:00Z`);
}

const isWithin = (now: number, from: number, to: number): boolean => now >= from && now < to;

/** One run as it was seen. */
interface Seen {
  readonly startedAt: number;
  readonly mode: 'full' | 'incremental';
  readonly outcome: string;
  readonly isAsked: boolean;
  /** The shares of the rate limits that it might spend, one after another. */
  readonly shares: readonly number[];
}

class Week {
  readonly seen: Seen[] = [];
  /** When the worker became unready, and ready again. */
  readonly turns: string[] = [];
  readonly errors: () => string;
  mostAtOnce = 0;
  readonly #stop = { now: new AbortController() };
  readonly #config: string;
  readonly #token: string;
  readonly #prepare: () => CurrentSettings;
  /** Kept when a worker ends. */
  #state: RunState = { fullRuns: 0 };
  #lastEndedAt: number | undefined;
  #now = BEGIN;
  #atOnce = 0;
  #wasReady = true;
  readonly #events: { readonly at: number; readonly act: () => void }[];
  #asked: AskedRun | undefined;
  #naps: Naps | undefined;
  #current: CurrentSettings | undefined;

  readonly clock: Clock = {
    now: () => this.#now,
    sleep: async (ms) => this.#pass(ms),
  };

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-week-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    this.#config = join(folder, 'settings');
    this.#token = join(folder, 'token');
    writeFileSync(this.#config, BY_FREQUENCY);
    writeFileSync(this.#token, '00first-token');
    const { world, stderr } = createTestWorld({
      clock: this.clock,
      env: {
        OKTA_BASE_URL: 'https://acme.okta.com',
        OKTA_API_TOKEN_FILE: this.#token,
        SEKOIA_API_KEY: 'key-key-key',
        SEKOIA_CONNECTOR_UUID: 'id-1',
      },
    });
    this.errors = stderr;
    this.#prepare = () =>
      new CurrentSettings(
        prepareCommand(world, { configFile: this.#config, requireSink: true }),
        this.#config,
      );
    this.#events = this.#plan();
  }

  #plan(): { at: number; act: () => void }[] {
    const hangUp = (): void => {
      this.#current?.hangUp();
      this.#naps?.wake();
    };
    return [
      { at: at('Tue', '15:07'), act: () => this.#ask('full') },
      { at: at('Wed', '11:07'), act: () => writeFileSync(this.#token, '00second-token-after') },
      { at: at('Wed', '15:03'), act: () => (writeFileSync(this.#config, 'FREQUENCY: soon\n'), hangUp()) },
      { at: at('Wed', '16:31'), act: () => (writeFileSync(this.#config, BY_FREQUENCY), hangUp()) },
      { at: at('Thu', '01:10'), act: () => (this.#now = at('Thu', '07:45')) },
      { at: at('Thu', '14:05'), act: () => (this.#now += 50 * MINUTE) },
      { at: at('Thu', '16:05'), act: () => (this.#now -= 50 * MINUTE) },
      { at: at('Fri', '09:49'), act: () => this.#stop.now.abort() },
      { at: at('Fri', '14:09'), act: () => (writeFileSync(this.#config, BY_SCHEDULE), hangUp()) },
      { at: at('Sat', '07:50'), act: () => this.#stop.now.abort() },
    ];
  }

  #ask(mode: 'full' | 'incremental'): void {
    this.#asked = { wanted: { mode }, answer: () => undefined };
    this.#naps?.wake();
  }

  /** Time passes, and what was to happen by then happens. */
  #pass(ms: number): void {
    this.#now += ms;
    while (this.#events[0] !== undefined && this.#events[0].at <= this.#now) this.#events.shift()?.act();
    if (this.#now >= END) this.#stop.now.abort();
  }

  /** A worker until it is stopped; `true` while the week goes on. */
  async work(): Promise<boolean> {
    this.#stop.now = new AbortController();
    const { clock } = this;
    const stopping = this.#stop.now.signal;
    const current = this.#prepare();
    const naps = new Naps(clock, stopping);
    [this.#current, this.#naps] = [current, naps];
    const readiness = new Readiness(clock, current.timetable);
    readiness.checked([]);
    const isRunWanted = (): boolean => this.#asked !== undefined;
    const now = clock.now();
    await work({
      attempt: async (asked) => this.#run(current, stopping, asked),
      whileIdle: (rest) => rest(),
      requests: {
        get isRunWanted() {
          return isRunWanted();
        },
        look: async () => undefined,
        takeRun: () => {
          const taken = this.#asked;
          this.#asked = undefined;
          return taken;
        },
      },
      nap: async (ms) => {
        await naps.nap(ms);
        this.#look(readiness);
      },
      firstAt: current.waitsAtFirst ? firstStartAt(this.#lastEndedAt, current.timetable, now) : now,
      timetable: current.timetable,
      files: () => current.filesToChange,
      changeMark: () => current.changeMark(),
      clock,
      random: () => 0.5,
      stopping,
      metrics: new WorkerMetrics('1'),
      readiness,
      pulse: new Pulse(clock),
      log: current.prepared.log,
    });
    return this.#now < END;
  }

  /** The machine is off, or nobody has started the worker again. */
  pass(until: number): void {
    this.#pass(until - this.#now);
  }

  async #run(
    current: CurrentSettings,
    stopping: AbortSignal,
    asked: AskedRun | undefined,
  ): Promise<Attempted> {
    const { settings } = current.read();
    const startedAt = this.#now;
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    const request = asked?.wanted.mode === undefined ? {} : { mode: asked.wanted.mode };
    const decided = decideRun(this.#state, runSettings(settings, { kind: 'all' }, request), startedAt);
    this.#state = { ...this.#state, ...decided.state };
    const { mode } = decided.run;
    const failure = failureAt(startedAt, current.prepared.settings.oktaApiToken?.reveal());
    const share = shareOf(settings, this.clock);
    const shares = await this.#takeTime(
      failure === undefined ? durationOf(mode, this.#state) : 2 * MINUTE,
      stopping,
      share,
    );
    const tried = failure === undefined ? 'completed' : 'failed';
    const outcome = stopping.aborted ? 'cancelled' : tried;
    if (outcome === 'completed') this.#state = stateAfter(this.#state, mode, this.#now);
    if (outcome === 'completed') this.#lastEndedAt = this.#now;
    this.#atOnce -= 1;
    this.seen.push({ startedAt, mode, outcome, isAsked: asked !== undefined, shares });
    return {
      outcome,
      mode,
      failure: outcome === 'failed' ? failure : undefined,
      pending: 0,
      standing: undefined,
    };
  }

  /** In steps, since things happen while a run is under way. */
  async #takeTime(ms: number, stopping: AbortSignal, share: () => number): Promise<readonly number[]> {
    const shares: number[] = [];
    for (let left = ms; left > 0 && !stopping.aborted; left -= MINUTE) {
      if (shares.at(-1) !== share()) shares.push(share());
      this.#pass(MINUTE);
      await Promise.resolve();
    }
    return shares;
  }

  #look(readiness: Readiness): void {
    const reasons = readiness.reasons();
    const isReady = reasons.length === 0;
    if (isReady === this.#wasReady) return;
    this.#wasReady = isReady;
    this.turns.push(
      `${text(this.#now)} ${isReady ? 'ready' : `not ready: ${reasons.map(({ code }) => code).join(' ')}`}`,
    );
  }
}

/** The first run is the longest, and goes on after the window. */
function durationOf(mode: 'full' | 'incremental', { fullRuns }: RunState): number {
  if (mode === 'incremental') return 3 * MINUTE;
  return fullRuns === 0 ? 4 * HOUR : 70 * MINUTE;
}

function stateAfter(state: RunState, mode: 'full' | 'incremental', endedAt: number): RunState {
  const ended = { ...state, endedAt };
  if (mode === 'incremental') return ended;
  return { ...ended, fullRun: undefined, fullEndedAt: endedAt, fullRuns: state.fullRuns + 1 };
}

function failureAt(now: number, token: string | undefined): ConnectorError | undefined {
  if (isWithin(now, at('Mon', '09:00'), at('Mon', '11:30'))) return new OktaUnavailableError('Okta is down');
  if (isWithin(now, at('Tue', '11:50'), at('Tue', '12:45')))
    return new SinkUnavailableError('the intake is down');
  if (now >= at('Wed', '08:00') && token === '00first-token')
    return new OktaAuthError('the token has expired');
  return undefined;
}

function text(instant: number): string {
  const day = new Date(instant).toUTCString().slice(0, 3);
  return `${day} ${new Date(instant).toISOString().slice(11, 19)}`;
}

/** The runs in order; those of the same kind at the same distance are one line. */
function timelineOf(seen: readonly Seen[]): string[] {
  const lines: { key: string; first: number; last: number; runs: number }[] = [];
  for (const { startedAt, mode, outcome, isAsked, shares } of seen) {
    const told = [...(isAsked ? ['asked'] : []), ...(mode === 'full' ? [`share ${shares.join(', ')}`] : [])];
    const key = [mode, outcome, ...told].join(' ');
    const last = lines.at(-1);
    const gap = startedAt - (last?.last ?? 0);
    if (last?.key === key && gap > 0 && gap < 22 * MINUTE) {
      last.last = startedAt;
      last.runs += 1;
    } else lines.push({ key, first: startedAt, last: startedAt, runs: 1 });
  }
  return lines.map(({ key, first, last, runs }) =>
    runs === 1 ? `${text(first)} ${key}` : `${text(first)} to ${text(last)} ${runs} runs ${key}`,
  );
}

test('a week of failures: never two runs at once, and whatever start was missed is made up by one run', async () => {
  const week = new Week();

  await week.work();
  week.pass(at('Fri', '12:00'));
  await week.work();
  week.pass(at('Sat', '11:15'));
  await week.work();

  expect(week.mostAtOnce).toBe(1);
  expect(timelineOf(week.seen)).toEqual([
    // The first run: starts that it missed are made up by one.
    'Mon 00:00:00 full completed share 0.8, 0.2',
    'Mon 04:00:00 to Mon 08:47:00 15 runs incremental completed',
    // Okta is down.
    'Mon 09:07:30 to Mon 11:10:30 7 runs incremental failed',
    'Mon 11:31:00 to Tue 11:46:30 72 runs incremental completed',
    // The intake is down.
    'Tue 12:07:00 to Tue 12:27:30 2 runs incremental failed',
    'Tue 12:48:00 to Tue 14:51:00 7 runs incremental completed',
    // Asked for, outside FULL_SYNC_WINDOW.
    'Tue 15:07:00 full completed asked share 0.2',
    'Tue 16:17:00 to Wed 07:39:30 46 runs incremental completed',
    // The token has expired: tried again after 30 minutes.
    'Wed 08:00:00 incremental failed',
    'Wed 08:32:00 incremental failed',
    'Wed 09:04:00 incremental failed',
    'Wed 09:36:00 incremental failed',
    'Wed 10:08:00 incremental failed',
    'Wed 10:40:00 incremental failed',
    // As soon as its file holds another; from 15:03 to 16:31 the settings are broken, and the old ones stay.
    'Wed 11:07:00 to Wed 19:39:30 26 runs incremental completed',
    // Due since 16:17, but FULL_SYNC_WINDOW begins now.
    'Wed 20:00:00 full completed share 0.8',
    'Wed 21:10:00 to Thu 00:55:30 12 runs incremental completed',
    // The machine slept since 01:10.
    'Thu 07:45:00 to Thu 13:54:00 19 runs incremental completed',
    // The clock was set forward by 50 minutes.
    'Thu 14:55:00 to Thu 15:56:30 4 runs incremental completed',
    // The clock was set back by 50 minutes.
    'Thu 15:32:30 to Thu 21:00:30 17 runs incremental completed',
    'Thu 21:21:00 full completed share 0.8',
    'Thu 22:31:00 to Fri 09:27:00 33 runs incremental completed',
    // The worker is told to stop.
    'Fri 09:47:30 incremental cancelled',
    // Nobody ran the worker since then.
    'Fri 12:00:00 to Fri 14:03:00 7 runs incremental completed',
    // SCHEDULE in place of FREQUENCY: 02:30, 10:30 and 18:30 in Berlin.
    'Fri 16:30:30 incremental completed',
    'Sat 00:30:30 full completed share 0.8',
    // Nobody ran the worker since 07:50: the start at 08:30 is made up.
    'Sat 11:15:00 incremental completed',
    'Sat 16:30:30 incremental completed',
    // 02:30 comes twice this night.
    'Sun 00:30:30 incremental completed',
    'Sun 09:30:30 incremental completed',
    'Sun 17:30:30 incremental completed',
  ]);
  expect(week.turns).toEqual([
    'Mon 09:09:45 not ready: okta_unavailable',
    'Mon 11:34:15 ready',
    'Tue 12:09:15 not ready: intake_unavailable',
    'Tue 12:51:15 ready',
    'Wed 08:02:15 not ready: okta_auth',
    'Wed 11:10:15 ready',
  ]);
  // At SIGHUP, and by each run until they are mended.
  expect(week.errors().split('the settings are wrong now: the old ones stay').length - 1).toBe(5);
});
