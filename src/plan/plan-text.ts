import type { OrgShare } from '../ports/source.ts';
import type { PlannedQuestion } from './calls.ts';
import { totalOf } from './call-counts.ts';
import type { Basis, Plan } from './plan.ts';

const count = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const average = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

const BASIS: Readonly<Record<Basis, string>> = {
  listed: "from Okta's listings of today",
  inventory: 'from the inventory, whose last full run ended less than a day ago',
  quick: 'estimated from the sizes of groups alone (--quick): deactivated users count as others do',
};

/** The plan for people, as lines. */
export function planLines(plan: Plan): readonly string[] {
  return [
    ...summary(plan),
    '',
    ...questionTable(plan),
    '',
    ...table(
      ['endpoint', 'calls'],
      [...plan.calls].map(([endpoint, calls]) => [endpoint, count.format(calls)]),
    ),
    '',
    ...table(
      ['bucket', 'calls', 'limit', 'at the share', 'at 100 %'],
      plan.buckets.map(({ bucket, calls, limit, windowSeconds, isGuess, minutesAtShare, minutesAtFull }) => [
        bucket,
        count.format(calls),
        `${count.format(limit)} in ${count.format(windowSeconds)} s${isGuess ? ' (a guess)' : ''}`,
        minutes(minutesAtShare),
        minutes(minutesAtFull),
      ]),
    ),
    '',
    ...table(
      ['without the lookup', 'saves calls', 'and time'],
      plan.lookups.map((each) => [each.lookup, count.format(each.calls), minutes(each.minutes)]),
    ),
  ];
}

/** The plan in one line, where there is no room for more. */
export function estimateLine({ total, share, minutesAtShare, buckets }: Plan): string {
  const binding = buckets[0] === undefined ? '' : `; the bucket that binds is ${buckets[0].bucket}`;
  return `about ${count.format(total)} calls, ${minutes(minutesAtShare)} at OKTA_RATE_LIMIT_SHARE=${share}${binding}; \`okta-ocsf plan\` tells more`;
}

/** Where assets are read, each question has its own bucket and time, since several buckets are spent side by side. */
function questionTable({ questions }: Pick<Plan, 'questions'>): string[] {
  const areTimed = questions.some((each) => each.minutes !== undefined);
  const head = ['question', 'asked', 'calls', ...(areTimed ? ['at the share', 'bucket'] : []), 'why'];
  const rows = questions.map((each) => {
    const time = [each.minutes === undefined ? '' : minutes(each.minutes), each.bucket ?? ''];
    const calls = count.format(totalOf(each.calls));
    return [each.question, each.way, calls, ...(areTimed ? time : []), whyOf(each)];
  });
  return table(head, rows);
}

function summary({
  total,
  share,
  minutesAtShare,
  minutesAtFull,
  buckets,
  naive,
  org,
  basis,
  orgShare,
  nextTotal,
}: Plan): string[] {
  const [binding] = buckets;
  const groups = org.groups === undefined ? '' : `, ${count.format(org.groups)} groups`;
  const each = org.groupsPerUser === undefined ? '' : `, ${average.format(org.groupsPerUser)} groups a user`;
  return [
    `A full run: ${callsOf(total)}, ${minutes(minutesAtShare)} at OKTA_RATE_LIMIT_SHARE=${share}, ${minutes(minutesAtFull)} at 1`,
    ...(binding === undefined ? [] : [`The bucket that binds: ${binding.bucket}, ${callsOf(binding.calls)}`]),
    ...(orgShare === undefined ? [] : [orgShareLine(orgShare, share)]),
    ...(nextTotal === undefined
      ? []
      : [
          `The next one asks only for what the System Log does not vouch for: about ${callsOf(nextTotal)}; \`sync --full\` asks everybody`,
        ]),
    `Asked user by user, group by group: ${callsOf(naive)}`,
    `The org: ${count.format(org.users)} users${groups}${each}; ${BASIS[basis]}`,
  ];
}

function orgShareLine({ shown, spent }: OrgShare, share: number): string {
  return `The limits look like ${percent(shown)} of the org's, this credential's own share: OKTA_RATE_LIMIT_SHARE=${share} of that is ${percent(spent)} of the org's`;
}

function percent(part: number): string {
  return `${count.format(part * 100)} %`;
}

function whyOf({ why, alternatives }: PlannedQuestion): string {
  const others = alternatives.map(({ way, calls }) => `${way} ${count.format(calls)}`);
  return others.length === 0 ? why : `${why} (${others.join(', ')})`;
}

function callsOf(calls: number): string {
  return `${count.format(calls)} ${calls === 1 ? 'call' : 'calls'}`;
}

function minutes(value: number): string {
  if (value < 2) return `${count.format(Math.ceil(value * 60))} s`;
  const whole = Math.ceil(value);
  return whole < 120 ? `${whole} min` : `${Math.floor(whole / 60)} h ${whole % 60} min`;
}

/** Makes columns as wide as their widest cell; numbers stand at the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map((_, column) => rows.every((row) => /^[\d,]+$/.test(row[column] ?? '')));
  return all.map((row) =>
    row
      .map((cell, column) =>
        isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
