import type { AnswerCell } from '../../ports/questions.ts';
import { plainText } from '../../process/log.ts';

export type AnswerFormat = 'table' | 'json' | 'csv' | 'ndjson';
type AnswerRow = readonly AnswerCell[];

/** Prints an answer as its rows come. */
interface AnswerPrinter {
  begin(): Promise<void>;
  rows(rows: readonly AnswerRow[]): Promise<void>;
  end(): Promise<void>;
}

type Out = (text: string) => Promise<void>;

export function answerPrinter(format: AnswerFormat, columns: readonly string[], out: Out): AnswerPrinter {
  return { table: tablePrinter, json: jsonPrinter, csv: csvPrinter, ndjson: ndjsonPrinter }[format](
    columns,
    out,
  );
}

/** Lines with columns below each other. */
export function tableLines(rows: readonly AnswerRow[], least: readonly number[] = []): string {
  const texts = rows.map((row) => row.map(shown));
  const widths = widthsOf(texts, least);
  return texts.map((row) => lineOf(row, widths)).join('');
}

/** NULL is not an empty text. Names may contain characters that move a terminal's cursor. */
function shown(cell: AnswerCell): string {
  return cell === null ? 'NULL' : plainText(String(cell));
}

function widthsOf(texts: readonly (readonly string[])[], least: readonly number[]): readonly number[] {
  const widths = [...least];
  for (const row of texts)
    for (const [at, text] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, text.length);
  return widths;
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((text, at) => text.padEnd(widths[at] ?? 0));
  return `${cells.join('  ').trimEnd()}\n`;
}

/** The widths are those of the first rows that come; longer texts later on move their own line alone. */
function tablePrinter(columns: readonly string[], out: Out): AnswerPrinter {
  let widths: readonly number[] | undefined;
  const head = async (texts: readonly (readonly string[])[]): Promise<readonly number[]> => {
    const found = widthsOf([columns, ...texts], []);
    const rule = found.map((width) => '-'.repeat(width));
    await out(lineOf(columns, found) + lineOf(rule, found));
    return found;
  };
  return {
    begin: async () => undefined,
    rows: async (rows) => {
      const texts = rows.map((row) => row.map(shown));
      const known = (widths ??= await head(texts));
      await out(texts.map((row) => lineOf(row, known)).join(''));
    },
    end: async () => {
      if (widths === undefined) await head([]);
    },
  };
}

function jsonPrinter(columns: readonly string[], out: Out): AnswerPrinter {
  let before = '[';
  return {
    begin: async () => undefined,
    rows: async (rows) => {
      const texts = rows.map((row) => `  ${objectOf(columns, row)}`);
      await out(`${before}\n${texts.join(',\n')}`);
      before = ',';
    },
    end: () => out(before === '[' ? '[]\n' : '\n]\n'),
  };
}

function ndjsonPrinter(columns: readonly string[], out: Out): AnswerPrinter {
  return {
    begin: async () => undefined,
    rows: (rows) => out(rows.map((row) => `${objectOf(columns, row)}\n`).join('')),
    end: async () => undefined,
  };
}

function objectOf(columns: readonly string[], row: AnswerRow): string {
  return JSON.stringify(Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])));
}

/** RFC 4180. NULL is an empty field, an empty text is one in quotes. */
function csvPrinter(columns: readonly string[], out: Out): AnswerPrinter {
  const line = (cells: AnswerRow): string => `${cells.map(csvField).join(',')}\n`;
  return {
    begin: () => out(line(columns)),
    rows: (rows) => out(rows.map(line).join('')),
    end: async () => undefined,
  };
}

function csvField(cell: AnswerCell): string {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\n\r]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
