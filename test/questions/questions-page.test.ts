import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { readLibrary, type LibraryQuery } from '../../src/compose/questions.ts';
import { publicViews } from '../../src/inventory/sqlite/views/views.ts';
import { ASSETS } from '../../src/ports/assets.ts';
import { CHANGES, type ChangeWords } from '../../src/ports/changes.ts';

/** Made from queries/*.sql and from the views: `npx vitest run test/questions/questions-page.test.ts -u` writes it anew. */
const PAGE = fileURLToPath(new URL('../../docs/questions.md', import.meta.url));

const { queries, faults } = readLibrary({ queriesDir: undefined });
const views = publicViews(0);

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function questionLine({
  name,
  title,
  description,
  subject,
  needs,
  requires,
  parameters,
}: LibraryQuery): string {
  const asked = parameters.map((each) => ` \`--param ${each.name}=...\` (${each.says})`);
  const facts = [`rows: ${subject}s`, `needs ${listed(needs)}`];
  if (requires.length > 0) facts.push(`\`ASSETS=${requires.join(',')}\``);
  return `- \`${name}\`${asked.join('')}: **${title}.** ${description} (${facts.join('; ')})`;
}

function viewsText(): string {
  return views
    .map(({ name, says, columns }) => {
      const rows = Object.entries(columns).map(
        ([column, { type, says: meaning }]) => `| \`${column}\` | ${type} | ${meaning} |`,
      );
      return [
        `### \`${name}\``,
        `${says.charAt(0).toUpperCase()}${says.slice(1)}.`,
        ['| column | type | means |', '| --- | --- | --- |', ...rows].join('\n'),
      ];
    })
    .flat()
    .join('\n\n');
}

function changesTable(): string {
  const rows = Object.entries<ChangeWords>(CHANGES).map(
    ([what, { subject, object = '', says }]) => `| \`${what}\` | ${subject} | ${object} | ${says} |`,
  );
  return ['| `what` | `subject_id` | `object_id` | says |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

test('questions, page: docs/questions.md has every saved question, every view, every column and every kind of change', async () => {
  const page = readFileSync(PAGE, 'utf8');
  let fresh = page;
  for (const [name, text] of [
    ['questions', [...queries.values()].map(questionLine).join('\n')],
    ['views', viewsText()],
    ['changes', changesTable()],
  ] as const) {
    const place = new RegExp(`(<!-- ${name}(?::[^>]*)? -->)[^]*(<!-- /${name} -->)`, 'u');
    expect(page).toMatch(place);
    fresh = fresh.replace(place, (_, begin: string, end: string) => `${begin}\n\n${text}\n\n${end}`);
  }

  await expect(await format(fresh, { ...(await resolveConfig(PAGE)), filepath: PAGE })).toMatchFileSnapshot(
    PAGE,
  );
});

test('questions, page: the heads of the saved questions name lookups and assets that there are', () => {
  const unknown = views.find(({ name }) => name === 'unknown')?.sql ?? '';

  expect(faults).toEqual([]);
  for (const { needs, requires } of queries.values()) {
    expect(needs).not.toEqual([]);
    for (const lookup of needs) expect(unknown).toContain(`'${lookup}'`);
    expect(ASSETS).toEqual(expect.arrayContaining([...requires]));
  }
});
