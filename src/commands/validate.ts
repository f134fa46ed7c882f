import { Option } from 'commander';
import * as z from 'zod';
import { DIALECT_NAMES } from '../ocsf/names.ts';
import { defineLone } from './define.ts';

export const validate = defineLone({
  name: 'validate',
  summary: 'check events of any dialect; print each fault with its line; exit 4 when there are any',
  argument: { name: 'file', about: 'events, one a line or in an array; - or none: stdin' },
  options: [
    new Option('--dialect <name>', 'hold all events against this one, whatever they say').choices(
      DIALECT_NAMES,
    ),
  ],
  schema: z.object({
    file: z.string().exactOptional(),
    dialect: z.enum(DIALECT_NAMES).exactOptional(),
  }),
  body: async (...given) => (await import('./bodies/validate.ts')).runValidate(...given),
});
