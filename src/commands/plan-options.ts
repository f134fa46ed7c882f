import { Option } from 'commander';
import * as z from 'zod';
import { define, type AddCommand, type Body } from './define.ts';
import type { PlanOptions } from './plan.ts';

export const plan = (body: Body<PlanOptions>): AddCommand =>
  define({
    name: 'plan',
    summary: 'how a full run will ask each question, its calls and minutes, and what other ways would cost',
    options: [
      new Option('--quick', 'estimate from the sizes of groups, without listing users'),
      new Option('--json', 'one JSON object instead of lines'),
    ],
    schema: z.object({ quick: z.boolean().default(false), json: z.boolean().default(false) }),
    needsSink: false,
    body,
  });
