import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '../..');
const Package = z.object({
  version: z.string(),
  license: z.string(),
  repository: z.object({ url: z.string() }),
});

test('image: its labels say the same version, licence and source as the package', () => {
  const { version, license, repository } = Package.parse(
    JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')),
  );
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const labels = Object.fromEntries(
    [...dockerfile.matchAll(/org\.opencontainers\.image\.(\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  );

  expect(labels).toMatchObject({
    version,
    licenses: license,
    source: repository.url.replace(/^git\+|\.git$/g, ''),
    revision: '$REVISION',
  });
});

test('image: no instruction needs a shell at run time', () => {
  const last =
    readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
      .split(/^FROM /m)
      .at(-1) ?? '';

  for (const instruction of ['ENTRYPOINT', 'CMD', 'HEALTHCHECK']) {
    expect(last).toMatch(new RegExp(String.raw`^${instruction} [^\[]*\[`, 'm'));
  }
});
