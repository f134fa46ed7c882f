import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { reportSchema, reportTable } from './reference.ts';

/** Both are made from `REPORT_SCHEMA`: `npx vitest run test/reference.test.ts -u` writes them anew. */
const SCHEMA = fileURLToPath(new URL('../schemas/report.schema.json', import.meta.url));
const PAGE = fileURLToPath(new URL('../docs/reference.md', import.meta.url));

test('reference: the JSON schema of reports is as the code has it', async () => {
  await expect(`${JSON.stringify(reportSchema(), undefined, 2)}\n`).toMatchFileSnapshot(SCHEMA);
});

test('reference: docs/reference.md tells every field of a report, each with its meaning', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const table = reportTable();
  const fresh = page.replace(
    /(<!-- report[^>]*-->)[^]*(<!-- \/report -->)/u,
    (_, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`,
  );

  expect(page).toContain('<!-- /report -->');
  expect(table).not.toMatch(/\|\s*\|$/mu);
  await expect(await format(fresh, { ...(await resolveConfig(PAGE)), filepath: PAGE })).toMatchFileSnapshot(
    PAGE,
  );
});
