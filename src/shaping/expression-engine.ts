import { createContext, Script, type Context } from 'node:vm';
import { z } from 'zod';

/** The CPU time that one expression may take for one user. */
const MOST_CPU_MS = 100;
/** V8 measures by the wall clock. A machine that gives us little of its CPU gets this many times as long. */
const LONGEST_WAIT_MS = 60 * MOST_CPU_MS;
const DEEPEST_CALLS = 200;
const LONGEST_LIST = 1000;

/** The value of an expression as plain JSON, or the code of its error. */
export type Evaluated = { readonly value?: unknown } | { readonly code: string };
export type Evaluate = (record: unknown) => Evaluated;

const outcome = z.union([z.object({ code: z.string() }), z.object({ value: z.unknown().optional() })]);

export const OUT_OF_TIME = 'ERR_SCRIPT_EXECUTION_TIMEOUT';
const coded = z.object({ code: z.string() });

/** Only the code of an error leaves the realm, because the message may quote the record. */
const EVALUATE = new Script(`
  said = '{"code":"unfinished"}';
  (async () => {
    try {
      const expression = (compiled[from] ??= window.jsonata(from, { stack: deepest, sequence: longest }));
      said = JSON.stringify({ value: await expression.evaluate(JSON.parse(record)) });
    } catch (thrown) {
      said = JSON.stringify({ code: typeof thrown?.code === 'string' ? thrown.code : 'unknown' });
    }
  })();`);

/**
 * Runs Jsonata in a realm of its own, which contains only the record as text. V8 limits the time, so that even work
 * between Jsonata's own checks is stopped (a pattern that backtracks for ever, a text of a billion letters). Promises
 * settle within the same call, so that one user's evaluation takes no time from another's.
 * @param library jsonata's own text
 * @param usedCpuMs CPU time that this thread has used, in milliseconds
 */
export function createEngine(library: string, usedCpuMs: () => number): (from: string) => Evaluate {
  const load = new Script(library);
  let realm: Context | undefined;

  function newRealm(): Context {
    const made = createContext(realmOf(), {
      microtaskMode: 'afterEvaluate',
      codeGeneration: { strings: false, wasm: false },
    });
    load.runInContext(made);
    return made;
  }

  function run(from: string, record: string, timeout: number): Evaluated {
    realm ??= newRealm();
    Object.assign(realm, { from, record });
    try {
      EVALUATE.runInContext(realm, { timeout });
      return outcome.parse(JSON.parse(String(realm['said'])));
    } catch (thrown) {
      // In the same realm, a stopped evaluation would go on during the next one.
      realm = undefined;
      return coded.catch({ code: 'unknown' }).parse(thrown);
    }
  }

  return (from) => (record) => {
    const text = JSON.stringify(record);
    for (let timeout = MOST_CPU_MS; ; timeout *= 2) {
      const before = usedCpuMs();
      const said = run(from, text, timeout);
      // A machine that had no time for us looks the same as an endless expression, but the same user must give the same
      // event.
      const isStarved = usedCpuMs() - before < MOST_CPU_MS * 0.9 && timeout < LONGEST_WAIT_MS;
      if (!('code' in said) || said.code !== OUT_OF_TIME || !isStarved) return said;
    }
  };
}

function realmOf(): Context {
  return {
    // Jsonata uses these in Node; without `window` it would look for a global that is not there.
    window: {
      btoa: (text: string) => Buffer.from(text, 'latin1').toString('base64'),
      atob: (text: string) => Buffer.from(text, 'base64').toString('latin1'),
    },
    compiled: {},
    deepest: DEEPEST_CALLS,
    longest: LONGEST_LIST,
  };
}
