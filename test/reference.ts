import * as z from 'zod';
import { CHANGES_SCHEMA } from '../src/commands/bodies/changes-json.ts';
import { DEAD_LETTERS_SCHEMA, REPLAYED_SCHEMA } from '../src/commands/bodies/dead-letters-json.ts';
import { HOOK_SCHEMA, HOOK_TYPES_SCHEMA, HOOKS_STATUS_SCHEMA } from '../src/commands/bodies/hooks-json.ts';
import { SETTINGS_SCHEMA } from '../src/commands/bodies/settings-json.ts';
import { SIMULATOR_SCHEMA } from '../src/commands/bodies/simulator.ts';
import { CHECKS_SCHEMA } from '../src/commands/bodies/test-json.ts';
import { COMPARISON_SCHEMA } from '../src/inspect/comparison-schema.ts';
import { EXPLANATION_SCHEMA } from '../src/inspect/explanation-schema.ts';
import { REPORT_SCHEMA } from '../src/inventory/report-schema.ts';
import { PLAN_SCHEMA } from '../src/plan/plan-json.ts';
import { CHECKS } from '../src/ports/checks.ts';
import { READINESS_SCHEMA } from '../src/worker/readiness.ts';

/** Makes the text of schemas/*.schema.json and of the tables in docs/reference.md from the schemas in the code. */

interface Output {
  readonly title: string;
  readonly description: string;
  readonly schema: z.ZodType;
}

const BY_VERSION =
  'Later versions add fields; `version` rises when one is renamed, removed or takes another meaning.';

/** Every output for programs, by the name of its schema, but events and the status of a worker. */
export const OUTPUTS: Readonly<Record<string, Output>> = {
  report: {
    title: 'The report of a run',
    description:
      'What `sync`, `report --json` and `--report FILE` give. Later versions add fields and rename none.',
    schema: REPORT_SCHEMA,
  },
  test: {
    title: 'Test connector',
    description: `What \`test --json\` gives. ${BY_VERSION}`,
    schema: CHECKS_SCHEMA,
  },
  plan: {
    title: 'The plan of a full run',
    description: `What \`plan --json\` gives. ${BY_VERSION}`,
    schema: PLAN_SCHEMA,
  },
  explain: {
    title: "The explanation of a user's event",
    description: `What \`explain USER --json\` gives. ${BY_VERSION}`,
    schema: EXPLANATION_SCHEMA,
  },
  compare: {
    title: "Another connector's events beside ours",
    description: `What \`compare FILE --json\` gives. ${BY_VERSION}`,
    schema: COMPARISON_SCHEMA,
  },
  changes: {
    title: 'The history of changes',
    description: `What \`changes --json\` gives. ${BY_VERSION}`,
    schema: CHANGES_SCHEMA,
  },
  'dead-letters': {
    title: 'The dead letters',
    description: `What \`dead-letters list --json\` gives. ${BY_VERSION}`,
    schema: DEAD_LETTERS_SCHEMA,
  },
  'dead-letters-replay': {
    title: 'Dead letters that were offered again',
    description: `What \`dead-letters replay --json\` gives. ${BY_VERSION}`,
    schema: REPLAYED_SCHEMA,
  },
  settings: {
    title: 'The settings that there are',
    description: `What \`settings --json\` gives. ${BY_VERSION}`,
    schema: SETTINGS_SCHEMA,
  },
  hook: {
    title: 'An event hook that was made, verified or deleted',
    description: `What \`hooks create --json\`, \`hooks verify --json\` and \`hooks delete --json\` give. ${BY_VERSION}`,
    schema: HOOK_SCHEMA,
  },
  'hooks-status': {
    title: 'The state of the event hook',
    description: `What \`hooks status --json\` gives. ${BY_VERSION}`,
    schema: HOOKS_STATUS_SCHEMA,
  },
  'hook-types': {
    title: 'Event types of hooks',
    description: `What \`hooks types --json\` gives. ${BY_VERSION}`,
    schema: HOOK_TYPES_SCHEMA,
  },
  simulator: {
    title: 'Settings that lead to the simulator',
    description: 'What `simulator --json` prints before it serves, and what `--config` takes.',
    schema: SIMULATOR_SCHEMA,
  },
  readyz: {
    title: 'Whether a worker is ready',
    description: `What \`/readyz\` answers to \`Accept: application/json\`. ${BY_VERSION}`,
    schema: READINESS_SCHEMA,
  },
};

/** Open, since later versions add fields. */
export function jsonSchemaOf({ title, description, schema }: Output) {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return { $schema, title, description, ...rest };
}

const PART = z.looseObject({
  type: z.union([z.string(), z.array(z.string()).transform((types) => types.join(' or '))]).optional(),
  enum: z.array(z.string()).optional(),
  const: z.union([z.string(), z.number(), z.boolean()]).optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  required: z.array(z.string()).default([]),
  get properties() {
    return z.record(z.string(), PART).default({});
  },
  get additionalProperties() {
    return PART.optional();
  },
  get items() {
    return PART.optional();
  },
  get anyOf() {
    return z.array(PART).optional();
  },
});
type Part = z.output<typeof PART>;

/** One row a field, in the order of the output. */
export function fieldsTable(output: Output): string {
  const rows = rowsOf(PART.parse(jsonSchemaOf(output)), '');
  return ['| field | type | means |', '| --- | --- | --- |', ...rows].join('\n');
}

/** One row a check, in the order of `test`. */
export function codesTable(): string {
  const rows = CHECKS.map(
    ({ code, tries, atWorst, todo }) => `| \`${code}\` | ${tries} | ${atWorst} | ${todo} |`,
  );
  return [
    '| code | tells | at worst | what to do where it did not pass |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function rowsOf({ properties, required, additionalProperties: each }: Part, path: string): string[] {
  const fields = Object.entries(properties).flatMap(([name, written]) => {
    const part = orNull(written);
    const isAlways = required.includes(name);
    const at = `${path}${name}`;
    const entries = part.items === undefined ? [] : rowsOf(part.items, `${at}[].`);
    return [rowOf(at, part, isAlways), ...rowsOf(part, `${at}.`), ...entries];
  });
  return each === undefined ? fields : [...fields, ...rowsOf(each, `${path}*.`)];
}

/** A part that may be null has its fields one level below. */
function orNull(part: Part): Part {
  const [one, other, ...more] = part.anyOf ?? [];
  if (one === undefined || other?.type !== 'null' || more.length > 0) return part;
  return { ...part, ...one, type: `${one.type ?? 'any'} or null`, description: part.description };
}

function rowOf(path: string, part: Part, isAlways: boolean): string {
  const means = part.description ?? '';
  return `| \`${path}\` | ${typeOf(part)}${isAlways ? '' : ', or absent'} | ${means} |`;
}

/** A longer list of values than this has a table of its own. */
const MOST_VALUES = 10;

function typeOf(part: Part): string {
  const { type, enum: values, format, additionalProperties } = part;
  if (part.const !== undefined) return `\`${part.const}\``;
  if (values !== undefined && values.length <= MOST_VALUES)
    return values.map((value) => `\`${value}\``).join(', ');
  if (format === 'date-time') return 'UTC, ISO 8601';
  return additionalProperties === undefined ? (type ?? 'any') : 'object by name';
}
