import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { statusSchema } from '../src/status/status.ts';

/** Made from `statusSchema`: `npx vitest run test/status-schema.test.ts -u` writes it anew. */
const SCHEMA = fileURLToPath(new URL('../schemas/status.schema.json', import.meta.url));

test('status: the JSON schema of /api/status is as the code has it', async () => {
  const schema = { title: 'The status of an okta-ocsf worker', ...z.toJSONSchema(statusSchema) };

  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(SCHEMA);
});
