import { Option } from 'commander';
import * as z from 'zod';
import { defineLone } from './define.ts';

export const settings = defineLone({
  name: 'settings',
  summary: 'every setting, or one: its default, what is allowed, what it means; never its value',
  argument: { name: 'name', about: 'only this setting' },
  options: [new Option('--json', 'one JSON object instead of lines')],
  schema: z.object({ name: z.string().exactOptional(), json: z.boolean().default(false) }),
  body: async (...given) => (await import('./bodies/settings.ts')).runSettings(...given),
});
