import type { PaceResult, SizeResult } from './calls.ts';
import type { Work } from './work.ts';

export interface Results {
  readonly sizes: readonly SizeResult[];
  readonly pace: {
    readonly share: number;
    readonly competitor_share: number;
    readonly quiet: PaceResult;
    readonly contested: PaceResult;
  };
  readonly work: Work;
  readonly seconds: number;
}

const count = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** The figures for people. */
export function tableOf(results: Results): string[] {
  const { sizes, pace, work } = results;
  return [
    ...grid(['calls', ...sizes.map(({ users }) => `${count.format(users)} users`)], callRows(sizes)),
    '',
    ...grid(['pace', 'quiet org', `others spend ${percent(pace.competitor_share)}`], paceRows(results)),
    '',
    ...grid(
      ['work', 'users a second'],
      [
        ['parse, enrich, normalise, validate, serialise', count.format(work.users_a_second)],
        ['JSON.parse and JSON.stringify alone', count.format(work.bare_users_a_second)],
        ['times as long', fixed(work.ratio)],
      ],
    ),
    '',
    `measured in ${count.format(results.seconds)} s`,
  ];
}

function callRows(sizes: readonly SizeResult[]): string[][] {
  const endpoints = [...new Set(sizes.flatMap(({ calls }) => Object.keys(calls)))];
  const row = (name: string, cell: (size: SizeResult) => string): string[] => [name, ...sizes.map(cell)];
  return [
    row('users who can have factors', (size) => count.format(size.users_with_factors)),
    ...endpoints.map((endpoint) => row(endpoint, ({ calls }) => count.format(calls[endpoint] ?? 0))),
    row('all', (size) => count.format(size.total_calls)),
    row('a user', (size) => fixed(size.calls_per_user)),
    row('all, the naive way', (size) => count.format(size.naive_calls)),
    row('a user, the naive way', (size) => fixed(size.naive_calls_per_user)),
    row('a user, without factors', ({ calls_per_user_without_factors: each }) =>
      each === null ? '' : fixed(each),
    ),
    row('seconds, limits off', (size) => fixed(size.seconds)),
    row('peak RSS of sync, MB', (size) => count.format(size.peak_rss_megabytes)),
    row('peak RSS over the smallest', (size) =>
      fixed(size.peak_rss_megabytes / (sizes[0]?.peak_rss_megabytes ?? 1)),
    ),
  ];
}

function paceRows({ pace: { share, quiet, contested } }: Results): string[][] {
  const row = (name: string, cell: (pace: PaceResult) => string): string[] => [
    name,
    cell(quiet),
    cell(contested),
  ];
  return [
    row('calls', ({ calls }) => count.format(calls)),
    row('seconds', ({ seconds }) => fixed(seconds)),
    row('floor, seconds', ({ floor_seconds: floor }) => fixed(floor)),
    row('floor, windows', ({ windows }) => fixed(windows)),
    row('time over floor', ({ time_over_floor: over }) => fixed(over)),
    row('429s', ({ rate_limited: refused }) => count.format(refused)),
    row(`share spent (of ${percent(share)})`, ({ share_spent: spent }) => percent(spent)),
  ];
}

function fixed(value: number): string {
  return value.toFixed(value < 10 ? 3 : 1);
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
