import { readFileSync } from 'node:fs';
import addFormats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import * as z from 'zod';
import { OUTPUTS } from './reference.ts';

const compiled = new Map<string, readonly ValidateFunction[]>();

/**
 * The faults of an output by the schema that users have, and by the same one closed: a field that it does not tell is a
 * fault. @param name of the schema, without `.schema.json`
 */
export function faultsOf(name: string, output: unknown): readonly unknown[] {
  const schemas = compiled.get(name) ?? compile(name);
  compiled.set(name, schemas);
  return schemas.flatMap((validate) => {
    validate(output);
    return validate.errors ?? [];
  });
}

function compile(name: string): readonly ValidateFunction[] {
  const schema = OUTPUTS[name]?.schema;
  if (schema === undefined) throw new Error(`no output ${name}`);
  const file = new URL(`../schemas/${name}.schema.json`, import.meta.url);
  return [JSON.parse(readFileSync(file, 'utf8')), z.toJSONSchema(schema)].map((each) => {
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
    addFormats.default(ajv);
    return ajv.compile(each);
  });
}
