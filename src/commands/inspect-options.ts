import { Option } from 'commander';
import * as z from 'zod';
import type { DeadLettersOptions } from './dead-letters.ts';
import { define, type AddCommand, type Body } from './define.ts';
import type { CompareOptions } from './compare.ts';
import type { ExplainOptions } from './explain.ts';

/** The commands that look into the inventory; nothing is asked of Okta or the intake. */

export const explain = (body: Body<ExplainOptions>): AddCommand =>
  define({
    name: 'explain',
    summary:
      "why a user's event is as it is: what was asked, each field's source, the rules, what was delivered",
    argument: { name: 'user', about: 'id or login' },
    options: [new Option('--json', 'one JSON object instead of lines')],
    schema: z.object({ user: z.string(), json: z.boolean().default(false) }),
    needsSink: false,
    isLocal: true,
    body,
  });

export const deadLetters = (body: Body<DeadLettersOptions>): AddCommand =>
  define({
    name: 'dead-letters',
    summary: 'users whose events were refused: who, why, when and how often; replay offers them again',
    argument: { name: 'action', about: 'what to do; list when left out', choices: ['list', 'replay'] },
    options: [new Option('--json', 'one JSON object instead of lines')],
    schema: z.object({ action: z.enum(['list', 'replay']), json: z.boolean().default(false) }),
    needsSink: false,
    isLocal: true,
    body,
  });

export const compare = (body: Body<CompareOptions>): AddCommand =>
  define({
    name: 'compare',
    summary:
      "another connector's events beside ours, by user: what is missing, differs or is stale; exit 4 when anything",
    argument: { name: 'file', about: 'events, one a line or in an array; - is stdin' },
    options: [new Option('--json', 'one JSON object instead of lines')],
    schema: z.object({ file: z.string(), json: z.boolean().default(false) }),
    needsSink: false,
    isLocal: true,
    body,
  });
