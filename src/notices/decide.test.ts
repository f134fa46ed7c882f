import { describe, expect, test } from 'vitest';
import { NOTICE_CAUSES, type NoticeCause } from '../ports/notices.ts';
import { decide } from './decide.ts';
import { readMemory, type Memory } from './memory.ts';
import { signsOfRun, signsUnderWay, type EndFacts } from './signs.ts';
import { noticeOf } from './words.ts';

const START = Date.UTC(2026, 7, 3);
const MINUTE_MS = 60_000;
const FREQUENCY_MS = 20 * MINUTE_MS;
const WELL: EndFacts = {
  outcome: 'completed',
  readingFailure: undefined,
  deliveryFailure: undefined,
  accepted: 2,
  pending: 0,
  deadLetters: 0,
  heldBack: 0,
  gaps: 100,
};

/** Runs every 20 minutes, each ended within its minute, over an inventory that is closed between them. */
class Operator {
  readonly told: string[] = [];
  readonly #causes: ReadonlySet<NoticeCause>;
  #kept = '';
  now = START;

  constructor(causes: readonly NoticeCause[] = NOTICE_CAUSES) {
    this.#causes = new Set(causes);
  }

  run(facts: Partial<EndFacts> = {}): void {
    const overdueAt = (completedAt: number): number => completedAt + 3 * FREQUENCY_MS;
    const memory = this.#memory();
    const seen = signsOfRun({ ...WELL, ...facts }, memory, {
      causes: this.#causes,
      overdueAt,
      now: this.now,
    });
    const { signs, ...measures } = seen;
    this.#decide({ ...memory, ...measures }, { signs, isRunEnd: true });
    this.now += FREQUENCY_MS;
  }

  look(...given: Parameters<typeof signsUnderWay>): void {
    this.#decide(this.#memory(), { signs: signsUnderWay(...given), isRunEnd: false });
  }

  runs(count: number, facts: Partial<EndFacts> = {}): void {
    for (let run = 0; run < count; run += 1) this.run(facts);
  }

  #memory(): Memory {
    return readMemory(this.#kept === '' ? undefined : JSON.parse(this.#kept), this.now);
  }

  #decide(memory: Memory, look: Pick<Parameters<typeof decide>[1], 'signs' | 'isRunEnd'>): void {
    const { troubles, tellings } = decide(memory, { ...look, causes: this.#causes, now: this.now });
    this.#kept = JSON.stringify({ ...memory, troubles });
    for (const telling of tellings) {
      const { title } = noticeOf(telling, 'id', this.now);
      const hours = ((this.now - START) / 3_600_000).toFixed(1);
      this.told.push(`${hours} h: ${title.replace('okta-ocsf: ', '')}`);
    }
  }
}

describe('notices: what an operator is told over a week', () => {
  test('nothing, while all is well', () => {
    const operator = new Operator();
    operator.runs(7 * 72);

    expect(operator.told).toEqual([]);
  });

  test('a refused credential at once, daily, and when it is over; an Okta that cannot be reached says neither', () => {
    const operator = new Operator(['credential-refused']);
    operator.run();
    operator.runs(2 * 72, { outcome: 'failed', readingFailure: 'okta_auth' });
    operator.run({ outcome: 'failed', readingFailure: 'okta_unavailable' });
    operator.runs(72);

    expect(operator.told).toEqual([
      '0.3 h: Okta refuses the credential',
      '24.3 h: still: Okta refuses the credential',
      '48.3 h: still: Okta refuses the credential',
      '48.7 h: Okta accepts the credential again',
    ]);
  });

  test('no completed run, after three times FREQUENCY and one run more', () => {
    const operator = new Operator(['no-completed-run']);
    operator.run();
    operator.runs(6, { outcome: 'failed', readingFailure: 'okta_unavailable' });
    operator.run();

    expect(operator.told).toEqual([
      '1.3 h: no run has completed in time',
      '2.3 h: a run has completed again',
    ]);
  });

  test('delivery that has stopped, after two runs; one that stops for one run is no news', () => {
    const operator = new Operator(['delivery-stopped']);
    const down: Partial<EndFacts> = {
      outcome: 'failed',
      deliveryFailure: 'intake_unavailable',
      accepted: 0,
      pending: 7,
    };
    operator.run(down);
    operator.runs(3);
    operator.runs(3, down);
    // A run that was stopped before it could deliver tells nothing.
    operator.run({ outcome: 'cancelled', accepted: 0, pending: 7 });
    operator.run();

    expect(operator.told).toEqual([
      '1.7 h: the intake takes no events, 7 events wait',
      '2.7 h: the intake takes events again',
    ]);
  });

  test('a refused key once, as the trouble that it is, unless only delivery is asked for', () => {
    const refused: Partial<EndFacts> = { outcome: 'failed', deliveryFailure: 'intake_auth', pending: 7 };
    const [all, delivery] = [new Operator(), new Operator(['delivery-stopped'])];
    all.runs(3, { ...refused, accepted: 0 });
    delivery.runs(3, { ...refused, accepted: 0 });

    expect(all.told).toEqual(['0.0 h: the intake refuses the credential']);
    expect(delivery.told).toEqual(['0.3 h: the intake takes no events, 7 events wait']);
  });

  test('dead letters and held removals, by their number, and when there are none any more', () => {
    const operator = new Operator();
    operator.run({ deadLetters: 1 });
    operator.run({ deadLetters: 3, heldBack: 40 });
    operator.run({ deadLetters: undefined, heldBack: 40 });
    operator.run();

    expect(operator.told).toEqual([
      '0.3 h: 3 events cannot be delivered',
      '0.7 h: 40 users seem to be gone at once and are kept (MAX_REMOVALS)',
      '1.0 h: there are no dead letters any more',
      '1.0 h: no removal is held back any more',
    ]);
  });

  test('gaps that rise by a fifth, measured from before the rise; not those of a first run under way', () => {
    const operator = new Operator();
    operator.run({ outcome: 'failed', readingFailure: 'okta_unavailable', gaps: 1 });
    operator.runs(3);
    operator.run({ gaps: 119 });
    operator.runs(74, { gaps: 120 });
    operator.run({ gaps: 104 });
    const small = new Operator();
    small.runs(3, { gaps: 2 });
    small.runs(3, { gaps: 6 });

    expect(operator.told).toEqual([
      '2.0 h: many more answers are unknown than before: 120',
      '26.0 h: still: many more answers are unknown than before: 120',
      '26.3 h: no more answers are unknown than before',
    ]);
    expect(small.told).toEqual([]);
  });

  test('between two runs, what has lasted for 30 minutes, and what a run meets that takes hours', () => {
    const operator = new Operator();
    operator.run();
    const since = operator.now;
    for (let minute = 0; minute < 60; minute += 1) {
      operator.look([{ code: 'intake_unavailable', since }], minute > 20);
      operator.now += MINUTE_MS;
    }
    operator.look([{ code: 'intake_auth', since: operator.now }], false);

    expect(operator.told).toEqual([
      '0.8 h: the intake takes no events',
      '1.2 h: no run has completed in time',
      '1.3 h: the intake refuses the credential',
    ]);
  });

  test('again on the next day, although a clock that was a year ahead was set back', () => {
    const operator = new Operator(['dead-letters']);
    const year = 365 * 86_400_000;
    operator.now += year;
    operator.runs(2, { deadLetters: 1 });
    operator.now = START;
    operator.runs(73, { deadLetters: 1 });

    expect(operator.told.slice(1)).toEqual(['24.0 h: still: 1 event cannot be delivered']);
  });

  test('nothing of a cause that is not wanted any more', () => {
    const { troubles } = decide(
      { troubles: [{ cause: 'dead-letters', since: START, runs: 5, toldAt: START }] },
      { signs: [], isRunEnd: true, causes: new Set(['gaps-up']), now: START + 1 },
    );

    expect(troubles).toEqual([]);
  });
});
