import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { Version } from './versions.ts';

/** The official class schemas, where `../shared/ocsf` is beside the checkout. They are not ours to commit. */
const FOLDER = new URL('../../../../shared/ocsf/', import.meta.url);

export const ABSENT = 'skipped: the official class schemas (../shared/ocsf) are not there';

/** The faults of an event by the official schema of its class in a version; `undefined`: that is not there. */
export function officialFaults(
  version: Version,
  ofClass:
    | 'user_inventory'
    | 'inventory_info'
    | 'cloud_resources_inventory_info'
    | 'detection_finding' = 'user_inventory',
): ((event: unknown) => readonly string[]) | undefined {
  const file = new URL(`${ofClass}-${version}.schema.json`, FOLDER);
  if (!existsSync(file)) return undefined;
  const isValid = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync(file, 'utf8')));
  return (event) =>
    isValid(event)
      ? []
      : (isValid.errors ?? []).map(
          ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
        );
}
