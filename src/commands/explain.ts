import { Option } from 'commander';
import * as z from 'zod';
import { define } from './define.ts';

export const explain = define({
  name: 'explain',
  summary:
    "why a user's event is as it is: what was asked, each field's source, the rules, what was delivered",
  argument: { name: 'user', about: 'id or login' },
  options: [new Option('--json', 'one JSON object instead of lines')],
  schema: z.object({ user: z.string(), json: z.boolean().default(false) }),
  needsSink: false,
  isLocal: true,
  body: async (...given) => (await import('./bodies/explain.ts')).runExplain(...given),
});
