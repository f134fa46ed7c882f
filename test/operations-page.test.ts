import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { DECLARED, PREFIX } from '../src/worker/metrics/table.ts';
import { OWN, TODO_AFTER, TODO_OF_HOOKS } from '../src/worker/obstacles.ts';

const PAGE = fileURLToPath(new URL('../docs/operations.md', import.meta.url));

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function metricsTable(): string {
  const rows = DECLARED.map(({ name, kind, labels = [], help }) => [
    `\`${PREFIX}${name}\``,
    kind,
    labels.map((label) => `\`${label}\``).join(', ') || '-',
    help,
  ]);
  return tableOf(['metric', 'kind', 'labels', 'says'], rows);
}

function reasonsTable(): string {
  const rows = [...Object.entries(OWN), ...Object.entries(TODO_AFTER), ...Object.entries(TODO_OF_HOOKS)];
  return tableOf(
    ['code', 'what to do'],
    rows.map(([code, todo]) => [`\`${code}\``, todo]),
  );
}

/** `npx vitest run test/operations-page.test.ts -u` writes it anew. */
test('operations page: has the metrics and the reasons of readiness as the code has them', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const tables = { metrics: metricsTable(), reasons: reasonsTable() };
  const fresh = Object.entries(tables).reduce((text, [name, table]) => {
    const place = new RegExp(String.raw`(<!-- ${name}:[^>]*-->)[^]*(<!-- /${name} -->)`, 'u');
    expect(text).toMatch(place);
    return text.replace(place, (_whole, start: string, end: string) => `${start}\n\n${table}\n\n${end}`);
  }, page);
  const options = { ...(await resolveConfig(PAGE)), filepath: PAGE };

  await expect(await format(fresh, options)).toMatchFileSnapshot(PAGE);
});
