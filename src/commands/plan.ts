import { Option } from 'commander';
import * as z from 'zod';
import { define } from './define.ts';

export const plan = define({
  name: 'plan',
  summary: 'how a full run will ask each question, its calls and minutes, and what other ways would cost',
  options: [
    new Option('--quick', 'estimate from the sizes of groups, without listing users'),
    new Option('--json', 'one JSON object instead of lines'),
  ],
  schema: z.object({ quick: z.boolean().default(false), json: z.boolean().default(false) }),
  needsSink: false,
  body: async (...given) => (await import('./bodies/plan.ts')).runPlan(...given),
});
