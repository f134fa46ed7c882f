import type { GapReason } from '../ports/org.ts';
import { plainText } from './log.ts';
import { RUN_KINDS, type Report } from '../ports/report.ts';

const count = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const GAP_REASONS: readonly (readonly [GapReason, string])[] = [
  ['refused', 'Okta refused to say (403)'],
  ['missing', 'this org does not offer the question'],
  ['unavailable', 'no usable answer, however often asked'],
  ['unreadable', 'the answer makes no sense'],
  ['gone', 'gone from Okta in the meantime'],
];
const LABEL_WIDTH = 9;
const COUNT_WIDTH = 9;

/** The whole report for people, as a terminal may show it. */
export function reportText(report: Report): string {
  const { org, run_id: id, started_at: startedAt, version } = report;
  const lines = [
    ...block('run', [
      `${id}, started ${startedAt}, okta-ocsf ${version}${org === undefined ? '' : `, ${org}`}`,
    ]),
    ...reportLines(report),
  ];
  return lines.map((line) => `${plainText(line)}\n`).join('');
}

/** The report for people: one block for each subject, larger counts first. */
export function reportLines(report: Report): string[] {
  const { outcome, mode, duration_seconds: duration, error } = report;
  return [
    ...block('outcome', [
      `${outcome.replaceAll('_', ' ')} (${RUN_KINDS[mode]} run, ${count.format(duration)} s)`,
      ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
      ...(error?.hint === undefined ? [] : [`hint: ${error.hint}`]),
    ]),
    ...block('users', usersLines(report)),
    ...block('gaps', gapsLines(report)),
    ...block('standing', standingLines(report)),
    ...block('Okta', oktaLines(report)),
    ...block('intake', intakeLines(report)),
    ...block('alerts', alertLines(report)),
    ...block('notes', report.notes ?? []),
  ];
}

function usersLines({ users }: Report): string[] {
  return [
    counted(users.listed, 'listed'),
    counted(users.emitted, 'events made, each checked against the schema'),
    ...ifAny(users.unchanged, 'unchanged: nothing to send'),
    ...ifAny(users.removed, 'gone from Okta'),
    ...ifAny(users.left_selection, 'no longer selected by OKTA_USER_SEARCH'),
    counted(users.dead_lettered, 'dead letters'),
  ];
}

function gapsLines({ gaps, error }: Report): string[] {
  const lines = reasonLines(gaps);
  if (lines.length > 0) return lines;
  return [
    counted(0, error === undefined ? 'every question that was asked was answered' : 'before the run failed'),
  ];
}

/** Empty where all is well. The lines above show the run's own gaps and dead letters. */
function standingLines({ standing }: Report): string[] {
  if (standing === undefined) return [];
  return [
    ...reasonLines(standing.gaps),
    ...ifAny(standing.dead_letters, 'dead letters: `okta-ocsf dead-letters` tells why'),
  ];
}

function reasonLines(gaps: Report['gaps']): string[] {
  return Object.entries(gaps).flatMap(([lookup, reasons]) =>
    GAP_REASONS.flatMap(([reason, why]) => ifAny(reasons[reason] ?? 0, `${lookup}: ${why}`)),
  );
}

function oktaLines({ okta, users }: Report): string[] {
  const calls = Object.entries(okta.calls).toSorted(([, one], [, other]) => other - one);
  return [
    counted(okta.total_calls, `calls${perUser(okta.total_calls, users.listed)}`),
    ...calls.map(([template, number]) => counted(number, `  ${template}`)),
    counted(
      okta.rate_limited,
      okta.rate_limited === 0
        ? 'refused by a rate limit (429)'
        : `refused by a rate limit (429); ${count.format(okta.wait_seconds)} s waited`,
    ),
    ...waitLines(okta),
  ];
}

/** People are told of these waits only; the report has all of them. */
const LEAST_WAIT_S = 0.1;
const MOST_WAITS = 3;

function waitLines({ waits = {}, org_share: share }: Report['okta']): string[] {
  const longest = Object.entries(waits)
    .filter(([, seconds]) => seconds >= LEAST_WAIT_S)
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, MOST_WAITS);
  const each = longest.map(([bucket, seconds]) => `${bucket} ${count.format(seconds)} s`);
  return [
    ...(each.length === 0 ? [] : [`${' '.repeat(COUNT_WIDTH)}  waited for the pace: ${each.join(', ')}`]),
    ...(share === undefined
      ? []
      : [
          `${' '.repeat(COUNT_WIDTH)}  the limits look like ${count.format(share.shown * 100)} % of the org's; of these at most ${count.format(share.spent * 100)} % are spent`,
        ]),
  ];
}

function perUser(calls: number, users: number): string {
  return users === 0 ? '' : `, ${count.format(calls / users)} a user`;
}

function intakeLines({ intake }: Report): string[] {
  return [
    counted(intake.accepted, 'events confirmed'),
    counted(
      intake.batches,
      `batches${intake.retries === 0 ? '' : `, ${count.format(intake.retries)} sent again`}`,
    ),
    counted(intake.pending, 'events waiting'),
  ];
}

function alertLines({ alerts = {} }: Report): string[] {
  return Object.entries(alerts).map(([id, { open, new: opened, closed, unconfirmed }]) => {
    const more = [
      [opened, 'new'],
      [closed, 'closed'],
      [unconfirmed, 'unconfirmed'],
    ] as const;
    const told = more.flatMap(([number, what]) => (number === 0 ? [] : [`${count.format(number)} ${what}`]));
    return counted(open, `open: ${id}${told.length === 0 ? '' : ` (${told.join(', ')})`}`);
  });
}

function ifAny(number: number, what: string): string[] {
  return number === 0 ? [] : [counted(number, what)];
}

function counted(number: number, what: string): string {
  return `${count.format(number).padStart(COUNT_WIDTH)}  ${what}`;
}

function block(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`.trimEnd());
}
