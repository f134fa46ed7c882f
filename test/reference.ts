import * as z from 'zod';
import { REPORT_SCHEMA } from '../src/inventory/report-schema.ts';

/** Makes the text of schemas/report.schema.json and of the tables in docs/reference.md from the schema in the code. */

export function reportSchema() {
  const { $schema, ...schema } = z.toJSONSchema(REPORT_SCHEMA, { io: 'input' });
  return {
    $schema,
    title: 'The report of a run',
    description:
      'What `sync`, `report --json` and `--report FILE` give. Later versions add fields and rename none.',
    ...schema,
  };
}

const PART = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  required: z.array(z.string()).default([]),
  get properties() {
    return z.record(z.string(), PART).default({});
  },
  get additionalProperties() {
    return PART.optional();
  },
});
type Part = z.output<typeof PART>;

/** One row a field, in the order of the report. */
export function reportTable(): string {
  const rows = rowsOf(PART.parse(reportSchema()), '');
  return ['| field | type | means |', '| --- | --- | --- |', ...rows].join('\n');
}

function rowsOf({ properties, required, additionalProperties: each }: Part, path: string): string[] {
  const fields = Object.entries(properties).flatMap(([name, part]) => {
    const isAlways = required.includes(name);
    return [rowOf(`${path}${name}`, part, isAlways), ...rowsOf(part, `${path}${name}.`)];
  });
  return each === undefined ? fields : [...fields, ...rowsOf(each, `${path}*.`)];
}

function rowOf(path: string, part: Part, isAlways: boolean): string {
  const means = part.description ?? '';
  return `| \`${path}\` | ${typeOf(part)}${isAlways ? '' : ', or absent'} | ${means} |`;
}

function typeOf({ type = '', enum: values, format, additionalProperties }: Part): string {
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (format === 'date-time') return 'UTC, ISO 8601';
  return additionalProperties === undefined ? type : 'object by name';
}
