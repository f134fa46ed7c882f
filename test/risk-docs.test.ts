import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RISK_LEVELS, RISK_RULES, RISK_TABLE } from '../src/enrich/risk.ts';

/** The cells of the document's tables, without their heads. */
function rowsOf(document: string): string[][] {
  return document
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\| (rule|level|-)/u.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test('docs, risk: docs/risk.md has the rules and levels of the code', () => {
  const document = readFileSync(new URL('../docs/risk.md', import.meta.url), 'utf8');
  const rules = RISK_RULES.map((rule) => [
    `\`${rule}\``,
    String(RISK_TABLE[rule].score),
    RISK_TABLE[rule].reason,
  ]);
  const levels = RISK_LEVELS.map(({ level, levelId, least }) => [level, String(levelId), String(least)]);

  expect(rowsOf(document)).toEqual([...rules, ...levels]);
});
