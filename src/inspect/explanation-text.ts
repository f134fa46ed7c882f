import type { Difference, Explanation, LookupStory, TracedField, Verdict } from './explanation-schema.ts';

const LONGEST_VALUE = 100;

/** An explanation for people, line by line. */
export function explanationLines(told: Explanation): readonly string[] {
  const { user, lookups, event } = told;
  return [
    `${user.login ?? 'no login'} (${user.id}), ${user.status ?? 'no status'}, read ${user.read_at}`,
    '',
    'What was asked',
    ...Object.entries(lookups).flatMap(([name, story]) => lookupLines(name, story)),
    ...told.read_again.map(({ question, cause }) => `  to be asked again: ${question} (${cause})`),
    '',
    ...verdictLines('Admin', told.admin),
    ...verdictLines('MFA', told.mfa),
    '',
    event.faults.length === 0 ? `The event now, in dialect ${event.dialect}` : 'No event can be made',
    ...event.faults.map((fault) => `  ${fault}`),
    ...event.fields.filter(isOfUser).map(fieldLine),
    `  by the dialect and the settings alone: ${fixed(event.fields)}`,
    '',
    'What was delivered',
    ...deliveryLines(told.delivery),
  ];
}

function lookupLines(name: string, story: LookupStory): readonly string[] {
  const { answer, value, gap, read_at: readAt, asked_at: askedAt, how, vouched_since: vouchedSince } = story;
  const last = story.is_last_known === true ? ' (the last known answer)' : '';
  const why = gap === undefined ? '' : `: ${gap}`;
  const read = readAt === undefined ? '' : `, read ${readAt}`;
  const asked = askedAt === undefined || askedAt === readAt ? '' : `, asked ${askedAt}`;
  return [
    `  ${name}: ${answer}${last}${why}${read}${asked}`,
    ...(value === undefined ? [] : [`    ${shown(value)}`]),
    `    by ${how}`,
    ...(vouchedSince === undefined
      ? []
      : [`    not asked by the last full run: the System Log vouches for it since ${vouchedSince}`]),
  ];
}

function verdictLines(about: string, { rule, verdict, reasons }: Verdict): readonly string[] {
  const word = verdict === null ? 'not known' : { true: 'yes', false: 'no' }[`${verdict}`];
  return [`${about}: ${word}, by rule ${rule}`, ...reasons.map((reason) => `  ${reason}`)];
}

function isOfUser({ sources }: TracedField): boolean {
  return sources.length > 0;
}

function fixed(fields: readonly TracedField[]): string {
  const rest = fields.filter((field) => !isOfUser(field));
  return rest.length === 0 ? 'nothing' : rest.map(({ path, value }) => `${path} ${shown(value)}`).join(', ');
}

function fieldLine({ path, value, sources }: TracedField): string {
  const from = sources.map((source) => {
    if (!('value' in source)) return source.name;
    return `${source.name} ${source.value === undefined ? '(absent)' : shown(source.value)}`;
  });
  return `  ${path} = ${shown(value)}  <- ${from.join(', ')}`;
}

const CONFIRMED: Readonly<Record<Explanation['delivery']['confirmed'], string>> = {
  never: 'nothing was confirmed by the intake yet',
  same: 'the event confirmed last says the same as the event now',
  'same-but-sign-in':
    'the event confirmed last differs in the last sign-in only, which alone is no reason to send',
  other: 'the event confirmed last was another one; only its hash is stored, so the differences are unknown',
  'no-event-now': 'an event was confirmed, and now none can be made',
};

function deliveryLines({ confirmed, waiting, refused }: Explanation['delivery']): readonly string[] {
  const lines = [`  ${CONFIRMED[confirmed]}`];
  if (waiting !== undefined) {
    lines.push(`  an event ${waiting.has_left ? 'has left and is not confirmed' : 'waits in the outbox'}`);
    lines.push(...waiting.differences.map(differenceLine));
  }
  if (refused !== undefined) {
    const { by, reasons, times, last_at: at, differences } = refused;
    lines.push(`  refused by ${by === 'intake' ? 'the intake' : 'the mapping'}, ${times} times, last ${at}`);
    lines.push(...reasons.map((reason) => `    ${reason}`), ...differences.map(differenceLine));
  }
  return lines;
}

function differenceLine({ path, before, now }: Difference): string {
  return `    ${path}: ${shown(before)} there, ${shown(now)} now`;
}

/** JSON, cut where it is long; `--json` has all of it. */
function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}...`;
}
