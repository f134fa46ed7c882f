import { describe, expect, test } from 'vitest';
import { OktaResponseError, OktaUnavailableError } from '../../ports/errors.ts';
import type { LogCursor, LogPage } from '../../ports/source.ts';
import type { Asked } from '../okta.fixture.ts';
import { ASSETS, type Asset } from '../../ports/assets.ts';
import { logFilters, pollLog } from './poll-log.ts';
import {
  collect,
  createClient,
  createSource,
  json,
  problem,
  NOW,
  ORIGIN,
  thrownBy,
  useOkta,
} from '../okta.fixture.ts';
import { LOG_FILTER } from './system-log.ts';

const { serve } = useOkta();
const NEXT = '/api/v1/logs?after=1627500044869_1&limit=1000';

const NONE: ReadonlySet<Asset> = new Set();

function poll(from: LogCursor, freeMemory?: () => void): Promise<LogPage[]> {
  const parts = {
    client: createClient(),
    ownHosts: new Set<string>(),
    assets: NONE,
    filters: logFilters(NONE),
  };
  return collect(pollLog({ ...parts, onOpened: () => undefined, freeMemory }, from));
}

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
      { marks: [], events: [], next: NEXT, isFiltered: true, unreadable: 0, nameless: [] },
    ]);
    expect(asked.map(({ path }) => path)).toEqual([NEXT]);
  });

  test('is read to what there is now: a page that is not full is the last', async () => {
    const asked = serve((_, times) => page(times < 3 ? 1000 : 1, `${ORIGIN}${NEXT}${times}`));

    const pages = await poll({ next: NEXT });

    expect(asked.map(({ path }) => path)).toEqual([NEXT, `${NEXT}1`, `${NEXT}2`]);
    expect(pages.map(({ next }) => next)).toEqual([`${NEXT}1`, `${NEXT}2`, `${NEXT}3`]);
  });

  test('lets memory be freed before each further page is asked for, and not after the last', async () => {
    const steps: string[] = [];
    serve(({ path }, times) => {
      steps.push(path);
      return page(times < 3 ? 1000 : 1, `${ORIGIN}${NEXT}${times}`);
    });

    await poll({ next: NEXT }, () => steps.push('freed'));

    expect(steps).toEqual([NEXT, 'freed', `${NEXT}1`, 'freed', `${NEXT}2`]);
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

describe('okta, poll log: events of assets', () => {
  const filterOf = ({ url }: Asked): string | null => new URL(url).searchParams.get('filter');
  const WIDE = `${LOG_FILTER} or eventType sw "application.lifecycle" or eventType sw "group.application_assignment"`;
  const assets = ['apps', 'rules'] as const;

  test('are asked for by their families, under another name', async () => {
    const asked = serve(() => page(0, NEXT));
    const source = createSource({ assets });

    await collect(source.pollLog({ since: NOW }));

    expect(asked.map(filterOf)).toEqual([WIDE]);
    expect(source.followsAssets).toBe(true);
    expect(source.logFilter).not.toBe(createSource().logFilter);
    expect(source.isLogFilter(createSource().logFilter)).toBe(false);
  });

  test.each([
    [['groups', 'rules', 'org'], LOG_FILTER],
    [
      ['devices'],
      `${LOG_FILTER} or eventType sw "device.enrollment.create" or eventType sw "device.lifecycle" or eventType sw "device.user"`,
    ],
    [['apps', 'app-users'], `${WIDE} or eventType sw "application.user_membership"`],
  ] as const)('are only those of the assets that are wanted: %j', async (wanted, filter) => {
    const asked = serve(() => page(0, NEXT));

    await collect(createSource({ assets: wanted }).pollLog({ since: NOW }));

    expect(asked.map(filterOf)).toEqual([filter]);
  });

  test.each([400, 414])('are done without where Okta refuses the longer filter: %i', async (status) => {
    const asked = serve(({ url }) =>
      url.includes('application.lifecycle') ? problem(status, 'E0000053') : page(1, NEXT),
    );
    const source = createSource({ assets });

    const pages = await collect(source.pollLog({ since: NOW }));

    expect(asked.map(filterOf)).toEqual([WIDE, LOG_FILTER]);
    expect(pages).toMatchObject([{ isFiltered: true }]);
    expect(source.followsAssets).toBe(false);
    const stored = source.logFilter;
    const later = createSource({ assets });
    expect(later.isLogFilter(stored)).toBe(true);
    await collect(later.pollLog({ next: NEXT, filter: stored }));
    expect(later.followsAssets).toBe(false);
  });

  test('are told by a log without a filter, and by none that does not answer', async () => {
    const source = createSource({ assets });
    serve(({ url }) => (url.includes('filter=') ? problem(400, 'E0000053') : page(0, NEXT)));
    expect(await collect(source.pollLog({ since: NOW }))).toMatchObject([{ isFiltered: false }]);
    expect(source.followsAssets).toBe(true);

    serve(() => problem(403, 'E0000006'));
    await thrownBy(collect(source.pollLog({ since: NOW })));
    expect(source.followsAssets).toBe(false);
  });

  test('are asked for with less than half of the characters that a link may have', async () => {
    const asked = serve(() => page(0, NEXT));

    await collect(createSource({ assets: ASSETS }).pollLog({ since: NOW }));

    expect(asked[0]?.path.length).toBeLessThan(4096);
  });
});
