import type { AnswerCell } from '../ports/questions.ts';
import { plainText } from '../process/log.ts';
import type { SimulatedOrg, SimulatedUser } from '../simulator/index.ts';
import { COMMAND } from './next-steps.ts';
import type { Scene } from './scenes.ts';

/** A saved question that the demo asks, and the ids that are its true answer. */
interface AskedQuestion {
  readonly name: string;
  readonly text: string;
  /** The columns of the answer that fit into a line. */
  readonly columns: readonly string[];
  readonly truth: (org: SimulatedOrg) => readonly string[];
}

const SIGNED_OUT: ReadonlySet<string> = new Set(['STAGED', 'SUSPENDED', 'DEPROVISIONED']);

function holdsAdminRole(org: SimulatedOrg, user: SimulatedUser): boolean {
  return org
    .rolesOf(user)
    .some(({ grant }) => grant.status === 'ACTIVE' && grant.type.toLowerCase().includes('admin'));
}

/** The two questions with which the demo ends. */
export const DEMO_QUESTIONS: readonly AskedQuestion[] = [
  {
    name: 'admins-without-mfa',
    text: 'Which administrators were seen without MFA? Those of whom nobody knows are in no answer.',
    columns: ['uid', 'login', 'display_name', 'status'],
    truth: (org) =>
      org.users
        .filter((user) => !SIGNED_OUT.has(user.status) && holdsAdminRole(org, user))
        .filter(({ factors }) => factors.length === 0)
        .map(({ id }) => id),
  },
  {
    name: 'groups-with-roles',
    text: 'Which groups make their members administrators?',
    columns: ['uid', 'name', 'members', 'roles'],
    truth: (org) => org.groups.filter(({ roles }) => roles.length > 0).map(({ id }) => id),
  },
];

/** The rows of an answer, each by its columns. */
export type AnswerRows = readonly Readonly<Record<string, AnswerCell>>[];

const MOST_ROWS = 5;
const WIDEST = 34;

export function tellQuestion(
  { name, text, columns, truth }: AskedQuestion,
  org: SimulatedOrg,
  rows: AnswerRows,
): Scene {
  const shown = rows.slice(0, MOST_ROWS).map((row) => columns.map((column) => textOf(row[column])));
  const widths = columns.map((column, at) =>
    Math.max(...[column, ...shown.map((row) => row[at] ?? '')].map(({ length }) => length)),
  );
  const line = (row: readonly string[]): string =>
    `    ${row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()}`;
  const rest = rows.length - shown.length;
  return {
    lines: [
      text,
      '',
      `    ${COMMAND} query ${name}`,
      '',
      line(columns),
      ...shown.map(line),
      ...(rest > 0 ? [`    ... and ${rest} more`] : []),
    ],
    isTrue:
      rows
        .map(({ uid }) => String(uid))
        .sort()
        .join() === truth(org).toSorted().join(),
  };
}

function textOf(cell: AnswerCell | undefined): string {
  const text = plainText(String(cell ?? 'NULL'));
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 3)}...` : text;
}
