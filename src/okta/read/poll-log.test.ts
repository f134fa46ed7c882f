import { describe, expect, test } from 'vitest';
import { OktaResponseError, OktaUnavailableError } from '../../ports/errors.ts';
import type { LogCursor, LogPage } from '../../ports/source.ts';
import { collect, createClient, json, NOW, ORIGIN, thrownBy, useOkta } from '../okta.fixture.ts';
import { pollLog } from './poll-log.ts';
import { LOG_FILTER } from './system-log.ts';

const { serve } = useOkta();
const NEXT = '/api/v1/logs?after=1627500044869_1&limit=1000';

const poll = (from: LogCursor): Promise<LogPage[]> => collect(pollLog(createClient(), from, new Set()));

/** So many events of factors, of one page or another, and the next link that every page has. */
function page(events: number, next: string | undefined, number = 1): Response {
  const headers: Record<string, string> = next === undefined ? {} : { link: `<${next}>; rel="next"` };
  const list = Array.from({ length: events }, (_, at) => ({
    uuid: `${number}-${at}`,
    eventType: 'user.mfa.factor.update',
    target: [{ id: `00u${at}`, type: 'User' }],
  }));
  return json(list, { headers });
}

describe('okta, poll log: the System Log', () => {
  test('is opened at an instant, in the order of persistence, without an end, for what matters only', async () => {
    const asked = serve(() => page(2, `${ORIGIN}${NEXT}`));

    const pages = await poll({ since: NOW });

    expect(pages).toMatchObject([{ next: NEXT, marks: [{ id: '00u0' }, { id: '00u1' }] }]);
    const query = new URL(asked[0]?.url ?? '').searchParams;
    expect(Object.fromEntries(query)).toEqual({
      since: new Date(NOW).toISOString(),
      sortOrder: 'ASCENDING',
      limit: '1000',
      filter: LOG_FILTER,
    });
  });

  test('is read on by its own next link, as it was given', async () => {
    const asked = serve(() => page(0, `${ORIGIN}${NEXT}`));

    expect(await poll({ next: NEXT })).toEqual([
      { marks: [], next: NEXT, isFiltered: true, unreadable: 0, nameless: [] },
    ]);
    expect(asked.map(({ path }) => path)).toEqual([NEXT]);
  });

  test('is read to what there is now: a page that is not full is the last', async () => {
    const asked = serve((_, times) => page(times < 3 ? 1000 : 1, `${ORIGIN}${NEXT}${times}`));

    const pages = await poll({ next: NEXT });

    expect(asked.map(({ path }) => path)).toEqual([NEXT, `${NEXT}1`, `${NEXT}2`]);
    expect(pages.map(({ next }) => next)).toEqual([`${NEXT}1`, `${NEXT}2`, `${NEXT}3`]);
  });

  test('is not trusted any more when full pages repeat themselves under ever new links', async () => {
    const asked = serve((_, times) => page(1000, `${ORIGIN}${NEXT}${times}`));

    expect(await thrownBy(poll({ next: NEXT }))).toBeInstanceOf(OktaResponseError);
    expect(asked).toHaveLength(21);
  });

  test('goes on for as many full pages as there are events', async () => {
    const asked = serve((_, times) => page(times < 100 ? 1000 : 0, `${ORIGIN}${NEXT}${times}`, times));

    await poll({ next: NEXT });

    expect(asked).toHaveLength(100);
  });

  test.each<[string, () => Response, typeof OktaResponseError | typeof OktaUnavailableError]>([
    ['has no next link', () => page(1, undefined), OktaUnavailableError],
    [
      'leads to another host',
      () => page(1, 'https://elsewhere.example/api/v1/logs?after=1'),
      OktaResponseError,
    ],
    ['leads back to a full page', () => page(1000, `${ORIGIN}${NEXT}`), OktaResponseError],
    [
      'is no list',
      () => json({ events: [] }, { headers: { link: `<${NEXT}>; rel="next"` } }),
      OktaUnavailableError,
    ],
  ])('is not trusted when it %s', async (_, answer, error) => {
    serve(answer);

    expect(await thrownBy(poll({ next: NEXT }))).toBeInstanceOf(error);
  });
});
