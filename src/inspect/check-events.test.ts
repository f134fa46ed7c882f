import { describe, expect, it } from 'vitest';
import { someFacets } from '../enrich/facets.fixture.ts';
import { createEventCheck, type Checked } from './check-events.ts';
import { eventOf } from '../ocsf/event-maker.fixture.ts';
import { readEventTexts } from './event-texts.ts';
import type { DialectName } from '../ocsf/names.ts';
import { officialEvent } from '../ocsf/official/official.fixture.ts';
import { VERSIONS } from '../ocsf/official/versions.ts';

async function* linesIn(text: string): AsyncGenerator<string> {
  yield* text.split('\n');
}

async function check(text: string, dialect?: DialectName): Promise<Checked> {
  const checkPiece = createEventCheck(dialect);
  let sum: Checked = { events: 0, atFault: 0, faults: [] };
  for await (const piece of readEventTexts(linesIn(text))) {
    const { events, atFault, faults } = checkPiece(piece);
    sum = {
      events: sum.events + events,
      atFault: sum.atFault + atFault,
      faults: [...sum.faults, ...faults],
    };
  }
  return sum;
}

const reference = eventOf(someFacets());
const official = VERSIONS.map((version) => officialEvent(someFacets(), version));
const wrong = { ...officialEvent(someFacets()), time: 'now', extra: 1 };
const good = { atFault: 0, faults: [] };
const asLines = (events: readonly unknown[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');

describe('inspect, check events: right events of every dialect have no fault', () => {
  const all = [reference, ...official];

  it.each([
    ['one a line', asLines(all)],
    ['indented', all.map((event) => `${JSON.stringify(event, undefined, 2)}\n`).join('')],
    ['in an array', JSON.stringify(all)],
    ['in an indented array, with a byte order mark', `\u{FEFF}${JSON.stringify(all, undefined, 2)}\n`],
    ['with empty lines between', `\n${asLines(all).replaceAll('\n', '\r\n\n')}`],
  ])('%s', async (_, text) => {
    expect(await check(text)).toEqual({ ...good, events: 7 });
  });

  it('of nothing', async () => {
    expect(await check('\n')).toEqual({ ...good, events: 0 });
  });
});

describe('inspect, check events: a fault has the line', () => {
  it('of the event that has it, one a line', async () => {
    expect(await check(asLines([reference, wrong]))).toEqual({
      events: 2,
      atFault: 1,
      faults: [
        { line: 2, words: 'the event must not have extra' },
        { line: 2, words: 'time must be integer' },
      ],
    });
  });

  it('of the value itself, in an indented array', async () => {
    const text = JSON.stringify([reference, wrong], undefined, 2);
    const line = text.split('\n').findIndex((each) => each.includes('"now"')) + 1;

    expect((await check(text)).faults).toContainEqual({ line, words: 'event 2: time must be integer' });
  });

  it('of text that is not JSON, and goes on with the next', async () => {
    expect(await check(`{"a": hunter2}\n${asLines([reference])}nonsense\n`)).toEqual({
      events: 3,
      atFault: 2,
      faults: [
        { line: 1, words: 'the text is not JSON' },
        { line: 3, words: 'the text is not JSON' },
      ],
    });
  });

  it('of the break in an array that is not JSON', async () => {
    expect((await check('[\n{},\n{"a" 1}\n]')).faults).toEqual([{ line: 3, words: 'the text is not JSON' }]);
  });
});

it.each(['{"metadata":{"version":"9.9.9"}}', '{}', '7', 'null', '{"metadata":{"version":null}}'])(
  'inspect, check events: says of %s that it names no version',
  async (text) => {
    expect((await check(text)).faults).toMatchObject([
      { line: 1, words: expect.stringContaining('metadata.version must name a version of OCSF') },
    ]);
  },
);

it('inspect, check events: holds events against the dialect that it is given', async () => {
  expect((await check(asLines([reference]), 'sekoia')).atFault).toBe(0);

  const { faults } = await check(asLines([reference]), 'ocsf-1.6.0');
  expect(faults.map(({ words }) => words)).toContain('type_uid must be 500302');
});
