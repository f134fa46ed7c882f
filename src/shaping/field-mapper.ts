import { createContext, Script } from 'node:vm';
import jsonata from 'jsonata';
import { z } from 'zod';
import type { User } from '../org.ts';
import type { MappingRule } from './field-mapping.ts';
import { recordOf } from './okta-record.ts';

const TIMEOUT_MS = 100;
const REGEX_TIMEOUT_MS = 50;
const DEEPEST_CALLS = 200;
const LONGEST_LIST = 1000;
const LARGEST_VALUE = 4000;

/** Jsonata looks at its clock between its own steps only; a pattern that backtracks for ever is stopped by V8's. */
function boundedRegExp(): RegExpConstructor {
  const context = createContext({});
  const script = new Script('run()');
  class BoundedRegExp extends RegExp {
    override exec(text: string): RegExpExecArray | null {
      let found: RegExpExecArray | null = null;
      context['run'] = () => (found = super.exec(text));
      script.runInContext(context, { timeout: REGEX_TIMEOUT_MS });
      return found;
    }
  }
  return new Proxy(RegExp, {
    construct: (_, [pattern]: readonly unknown[]) =>
      new BoundedRegExp(pattern instanceof RegExp ? pattern : String(pattern)),
  });
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const mappedValue = z.union([scalar, z.array(scalar)]);

/** What the rules make of a user's record; one that fails or gives nothing leaves its path out. */
export type MapFields = (user: User) => Promise<User>;

/**
 * Evaluates the rules. Expressions see the record and nothing else, and may take only so long. It is done when a record
 * is read, since jsonata is asynchronous and making an event is not; the inventory keeps the results.
 * @param onFailure told of each rule that fails, without the record
 */
export function createFieldMapper(
  rules: readonly MappingRule[],
  onFailure: (rule: MappingRule, reason: string) => void,
): MapFields {
  const RegexEngine = boundedRegExp();
  const limits = { timeout: TIMEOUT_MS, stack: DEEPEST_CALLS, sequence: LONGEST_LIST, RegexEngine };
  const compiled = rules.map((rule) => ({ rule, expression: jsonata(rule.from, limits) }));

  return async (user) => {
    const record = recordOf(user);
    const entries: [string, z.output<typeof mappedValue>][] = [];
    for (const { rule, expression } of compiled) {
      try {
        const value: unknown = await expression.evaluate(record);
        if (isAbsent(value)) continue;
        const found = asValue(value);
        if (found === undefined)
          onFailure(rule, 'gives no text, number, truth value or list of them, or a too large one');
        else entries.push([rule.to, found]);
      } catch (thrown) {
        onFailure(rule, reasonOf(thrown));
      }
    }
    return { ...user, mapped: entries.length === 0 ? undefined : Object.fromEntries(entries) };
  };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Jsonata's lists are more than lists: as JSON they are plain. */
function asValue(value: unknown): z.output<typeof mappedValue> | undefined {
  const text = JSON.stringify(value);
  const parsed = text.length > LARGEST_VALUE ? undefined : mappedValue.safeParse(JSON.parse(text));
  return parsed?.success === true ? parsed.data : undefined;
}

const coded = z.object({ code: z.string() });

/** Its code alone: the message may quote the record. */
function reasonOf(thrown: unknown): string {
  const parsed = coded.safeParse(thrown);
  return parsed.success ? `fails with ${parsed.data.code}` : 'fails';
}
