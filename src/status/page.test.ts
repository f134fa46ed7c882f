import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { aQuietReport } from '../ports/report.fixture.ts';
import { curve, runScale } from './charts.ts';
import { makeStatus } from './make-status.ts';
import { frozenPage, livePage, OWN_SCRIPT, OWN_STYLE } from './page.ts';
import { AT, factsOf, runUnderWay, SCENES, storedOf } from './status.fixture.ts';
import { DAY_MS } from './words.ts';

const MOST_BYTES = 100_000;

function hashOf(page: string, name: string): string {
  const [, text = ''] = new RegExp(`<${name}>([^]*?)</${name}>`).exec(page) ?? [];
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function textOf(page: string): string {
  return page.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ');
}

test.each(Object.entries(SCENES))(
  'status, page: of %s is one document of less than 100 KB',
  async (_, facts) => {
    const page = await livePage(makeStatus(facts));

    expect(Buffer.byteLength(page)).toBeLessThan(MOST_BYTES);
    expect(page).not.toMatch(/(?:src|href|url\()\s*=?\s*["']?(?:https?:)?\/\//);
    expect([hashOf(page, 'style'), hashOf(page, 'script')]).toEqual([OWN_STYLE, OWN_SCRIPT]);
  },
);

test('status, page: a label is text, whatever is in it', async () => {
  const page = await livePage(makeStatus(factsOf({ org: '<img src=x onerror=alert(1)>"\'&' })));

  expect(page).not.toContain('<img');
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
});

test('status, page: a frozen one has no script and says that it is a copy', async () => {
  const page = await frozenPage(makeStatus(SCENES.frozen));

  expect(page).not.toContain('<script');
  expect(page).toContain('A copy: it does not change any more.');
  expect(page).toContain('As of');
});

test('status, page: the same status is the same page', async () => {
  const status = makeStatus(SCENES.large);

  expect(await livePage(status)).toBe(await livePage(status));
});

test.each([
  [['completed'], 'The only run so far completed; it took 12 s.'],
  [['completed', 'completed'], 'All of the last 2 runs completed; the longest took 12 s.'],
  [['failed', 'completed', 'failed'], 'Of the last 3 runs 1 completed, 2 failed; the longest took 12 s.'],
] as const)('status, page: runs that ended as %j are told in one sentence', async (outcomes, sentence) => {
  const runs = outcomes.map((outcome) => aQuietReport({ outcome, duration_seconds: 12 }));
  const page = await frozenPage(makeStatus(factsOf({ stored: storedOf({ users: 10 }, { runs }) })));

  expect(page).toContain(sentence);
});

test.each([
  ['full', 'A full run has read'],
  ['incremental', 'An incremental run has read'],
] as const)('status, page: the run under way has the right article where it is %s', async (mode, words) => {
  const unknown = { usersTotal: undefined, callsLeft: undefined, secondsLeft: undefined };
  const progress = { ...unknown, usersDone: 0, calls: 4, callsPerMinute: 9 };
  const page = await livePage(makeStatus(runUnderWay({ mode, progress })));

  expect(page).toContain(words);
});

test('status, page: a run that only delivers says so, and for what it waits', async () => {
  const page = textOf(await livePage(makeStatus(SCENES.waiting)));

  expect(page).toContain('An incremental run has ended reading, after 41 users, and delivers what is left.');
  expect(page).toContain(
    'It waits for the intake, which has taken nothing since 08:30, 12 min ago: 340 events wait in the outbox.',
  );
  expect(page).not.toContain('calls a minute');
});

test('status, page: a run that reads says that its events wait, and shows its pace all the same', async () => {
  const page = textOf(await livePage(makeStatus(runUnderWay({ intakeFailsSince: AT - 60_000 }))));

  expect(page).toContain('A full run has read 1,980 of about 4,800 users');
  expect(page).toContain('It waits for the intake, which has taken nothing since 08:41, 1 min ago');
  expect(page).toContain('calls a minute');
});

test.each([
  [1, 'In the last 24 hours 1 run found nothing to do.'],
  [41, 'In the last 24 hours 41 runs found nothing to do; only the newest of these is kept.'],
] as const)(
  'status, page: runs that found nothing, %i of them, are not told as others than those above',
  async (quietLastDay, words) => {
    const page = await frozenPage(makeStatus(factsOf({ stored: storedOf({ users: 10 }, { quietLastDay }) })));

    expect(page).toContain(words);
  },
);

test('status, charts: a day of which nothing is known is a hole in the line', async () => {
  const days = [1, 2, undefined, 4].map((value, at) => ({ at: at * DAY_MS, value, unknown: 0 }));
  const [, line = ''] = /class="line" d="([^"]*)"/.exec(String(await curve(days, [0, 4]))) ?? [];

  expect(line.match(/M/g)).toHaveLength(2);
});

test('status, charts: the scale of runs has hours above it only where a run took longer than one', () => {
  expect(runScale([{ seconds: 3600 }])).toEqual(['1 s', '1 min', '1 h']);
  expect(runScale([{ seconds: 3601 }])).toEqual(['1 s', '1 min', '1 h', '60 h']);
});
