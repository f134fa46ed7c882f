import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { DECLARED } from '../../src/worker/metrics/table.ts';
import { dashboard, queries } from './dashboard.ts';

const FILE = fileURLToPath(new URL('../../deploy/grafana/dashboard.json', import.meta.url));

/** `npx vitest run test/deploy/dashboard.test.ts -u` writes it anew. */
test('deploy, dashboard: is what the table of metrics makes', async () => {
  const options = { ...(await resolveConfig(FILE)), filepath: FILE };

  await expect(await format(JSON.stringify(dashboard()), options)).toMatchFileSnapshot(FILE);
});

test('deploy, dashboard: shows every metric of the table, in panels that do not overlap', () => {
  const exprs = queries().map(({ expr }) => expr);
  const shown = DECLARED.filter(({ name }) => exprs.some((expr) => expr.includes(`okta_ocsf_${name}`)));
  const { panels }: { panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[] } =
    JSON.parse(readFileSync(FILE, 'utf8'));
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
  );

  expect(shown.map(({ name }) => name)).toEqual(DECLARED.map(({ name }) => name));
  expect(new Set(cells).size).toBe(cells.length);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});
