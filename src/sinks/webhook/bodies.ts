import type { Notice } from '../../ports/notices.ts';

/** The form that Standard Webhooks proposes: type, timestamp and data; beside them what a person reads first. */
export function standardBody({ id, type, time, title, severity, data }: Notice, org?: string): string {
  const about = org === undefined ? {} : { org };
  return JSON.stringify({ id, type, timestamp: time, title, severity, ...about, data });
}

const MOST_ROWS = 10;
const MOST_CHARACTERS = 3000;
const LONGEST_VALUE = 200;

/** One text in Slack's markup: the title, then the data line by line, as much of it as a person reads. */
export function slackBody({ title, severity, data }: Notice, org?: string): string {
  const of = org === undefined ? '' : ` (${escaped(org)})`;
  const lines = [
    `*${escaped(title)}*${of}`,
    `severity: ${severity}`,
    ...Object.entries(data).flatMap(linesOf),
  ];
  const text = lines.join('\n');
  return JSON.stringify({
    text: text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text,
  });
}

function linesOf([name, value]: readonly [string, unknown]): readonly string[] {
  if (!Array.isArray(value)) return [`${name}: ${shown(value)}`];
  const rows: readonly unknown[] = value;
  const rest = rows.length - MOST_ROWS;
  return [
    `${name}:`,
    ...rows.slice(0, MOST_ROWS).map((row) => `• ${shown(row)}`),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ];
}

function shown(value: unknown): string {
  if (typeof value === 'string') return escaped(value.slice(0, LONGEST_VALUE));
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Object.entries<unknown>({ ...value }).map(([name, each]) => `${name} ${plain(each)}`);
  return escaped(parts.join(', ').slice(0, LONGEST_VALUE));
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Slack's three control characters; without them no text can mention a channel or hide a link. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
