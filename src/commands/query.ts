import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { define, presentArgument } from './define.ts';

const QUERY_FORMATS = ['table', 'json', 'csv', 'ndjson'] as const;
const DEFAULT_TIMEOUT_SECONDS = 10;
const LONGEST_TIMEOUT_SECONDS = 3600;

export const query = define({
  name: 'query',
  summary: 'asks the inventory, by a name or in SQL; also beside a worker',
  argument: { name: 'question', about: 'the name of a saved question', isOptional: true },
  options: [
    new Option(
      '--sql <select>',
      'a question of your own: one SELECT over the views of docs/questions.md',
    ).argParser(presentArgument),
    new Option('--list', 'the saved questions'),
    new Option('--format <format>', 'of the answer').choices(QUERY_FORMATS).default('table'),
    new Option('--param <name=value>', 'a value for :name of the question; once for each')
      .argParser((text: string, before: readonly string[]) => [...before, parameter(text)])
      .default([], 'none'),
    new Option('--fail-on-rows', 'exit with 4 when the answer has rows'),
    new Option('--timeout <seconds>', 'how long the answer may take')
      .argParser(seconds)
      .default(DEFAULT_TIMEOUT_SECONDS),
  ],
  schema: z
    .object({
      question: z.string().exactOptional(),
      sql: z.string().exactOptional(),
      list: z.boolean().default(false),
      format: z.enum(QUERY_FORMATS),
      param: z.array(z.string()),
      failOnRows: z.boolean().default(false),
      timeout: z.number(),
    })
    .transform(({ question: name, sql, param: parameters, timeout, ...rest }) => ({
      ...rest,
      name,
      sql,
      parameters: parameters.map((each) => {
        const at = each.indexOf('=');
        return { name: each.slice(0, at), value: each.slice(at + 1) };
      }),
      timeoutMs: timeout * 1000,
    })),
  needsSink: false,
  isLocal: true,
  body: async (...given) => (await import('./bodies/query.ts')).runQuery(...given),
});

function parameter(text: string): string {
  if (/^[A-Za-z_]\w*=/u.test(text)) return text;
  throw new InvalidArgumentError('write --param name=value');
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/u.test(text) && value > 0 && value <= LONGEST_TIMEOUT_SECONDS) return value;
  throw new InvalidArgumentError(`give seconds over 0 up to ${LONGEST_TIMEOUT_SECONDS}`);
}
