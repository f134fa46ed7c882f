import { z } from 'zod';
import { eventSchema } from '../assets/schemas.ts';
import type { EventText } from './event-texts.ts';
import { linesOf } from './json-lines.ts';
import { DIALECT_NAMES, type DialectName } from '../ocsf/names.ts';
import { createFindFaults, type SchemaFault, type FindFaults } from '../ocsf/validate.ts';

/** A fault, and the line where it is. */
interface FoundFault {
  readonly line: number;
  readonly words: string;
}

/** The result for a piece of text: the number of its events, the number of those at fault, and all faults. */
export interface Checked {
  readonly events: number;
  readonly atFault: number;
  readonly faults: readonly FoundFault[];
}

/** The marks by which events of the reference differ from others of OCSF 1.6.0. */
const ofReference = z.looseObject({
  type_uid: z.union([z.literal(5_003_002), z.literal(500_102)]),
  metadata: z.strictObject({
    product: z.looseObject({ version: z.literal('N/A') }),
    version: z.literal('1.6.0'),
  }),
});
const ofClass = z.looseObject({ class_uid: z.number() });
const versioned = z.looseObject({ metadata: z.looseObject({ version: z.string() }) });

/** The dialect that an event names; `undefined` when it names none that we know. */
function dialectOf(event: unknown): DialectName | undefined {
  if (ofReference.safeParse(event).success) return 'sekoia';
  const parsed = versioned.safeParse(event);
  if (!parsed.success) return undefined;
  return DIALECT_NAMES.find((name) => name === `ocsf-${parsed.data.metadata.version}`);
}

const NO_DIALECT: SchemaFault = {
  pointer: '/metadata/version',
  words: `metadata.version must name a version of OCSF that okta-ocsf writes: ${DIALECT_NAMES.slice(1)
    .map((name) => name.replace('ocsf-', ''))
    .join(', ')}`,
};

/** Takes only the place: the parser's message quotes the text. */
function faultOfText(cause: unknown, { line }: EventText): FoundFault {
  const [, at] = /\(line (\d+) column/u.exec(cause instanceof Error ? cause.message : '') ?? [];
  return { line: line + Number(at ?? 1) - 1, words: 'the text is not JSON' };
}

/** Checks pieces of text; each schema is compiled when the first event asks for it. */
export function createEventCheck(dialect?: DialectName): (piece: EventText) => Checked {
  const compiled = new Map<string, FindFaults>();

  function finderOf(name: DialectName, event: unknown): FindFaults {
    const classUid = ofClass.safeParse(event).data?.class_uid;
    const key = `${name} ${classUid}`;
    const found = compiled.get(key) ?? createFindFaults(eventSchema(name, classUid));
    compiled.set(key, found);
    return found;
  }

  function faultsOf(event: unknown): readonly SchemaFault[] {
    const name = dialect ?? dialectOf(event);
    return name === undefined ? [NO_DIALECT] : finderOf(name, event)(event);
  }

  return (piece) => {
    const parsed = parse(piece);
    if ('fault' in parsed) return { events: 1, atFault: 1, faults: [parsed.fault] };
    const isList = Array.isArray(parsed.value);
    const events: readonly unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
    const found = events.map((event, at) =>
      faultsOf(event).map(({ pointer, words }) => ({
        pointer: isList ? `/${at}${pointer}` : pointer,
        words: isList ? `event ${at + 1}: ${words}` : words,
      })),
    );
    const faults = found.flat();
    return {
      events: events.length,
      atFault: found.filter((each) => each.length > 0).length,
      faults: locate(piece, faults),
    };
  };
}

function parse(piece: EventText): { readonly value: unknown } | { readonly fault: FoundFault } {
  try {
    const value: unknown = JSON.parse(piece.text);
    return { value };
  } catch (cause) {
    return { fault: faultOfText(cause, piece) };
  }
}

/** The fault of a missing value has the line of the object that should have it. */
function locate(piece: EventText, faults: readonly SchemaFault[]): FoundFault[] {
  if (faults.length === 0) return [];
  const wanted = new Set(faults.flatMap(({ pointer }) => [pointer, ...parentsOf(pointer)]));
  const lines = linesOf(piece.text, wanted, piece.line);
  const found = faults.map(({ pointer, words }) => {
    const known = [pointer, ...parentsOf(pointer)].find((each) => lines.has(each));
    return { line: lines.get(known ?? '') ?? piece.line, words };
  });
  return found.toSorted((left, right) => left.line - right.line);
}

function parentsOf(pointer: string): string[] {
  const steps = pointer.split('/');
  return steps.map((_, at) => steps.slice(0, at).join('/')).toReversed();
}
