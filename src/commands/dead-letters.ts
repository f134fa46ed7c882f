import { Option } from 'commander';
import * as z from 'zod';
import { define } from './define.ts';

export const deadLetters = define({
  name: 'dead-letters',
  summary: 'users whose events were refused: who, why, when and how often; replay offers them again',
  argument: { name: 'action', about: 'what to do; list when left out', choices: ['list', 'replay'] },
  options: [new Option('--json', 'one JSON object instead of lines')],
  schema: z.object({ action: z.enum(['list', 'replay']), json: z.boolean().default(false) }),
  needsSink: false,
  isLocal: true,
  body: async (...given) => (await import('./bodies/dead-letters.ts')).runDeadLetters(...given),
});
