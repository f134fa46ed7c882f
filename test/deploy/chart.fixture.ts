/** The chart's files, and the manifests that `deploy/helm/render/main.go` made of them. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import * as z from 'zod';

export const HELM = join(import.meta.dirname, '../../deploy/helm');
export const EXAMPLES = ['worker', 'cronjob', 'monitored', 'service-app'] as const;

const Tree = z.record(z.string(), z.unknown());
const Manifest = z.looseObject({ apiVersion: z.string(), kind: z.string() });
export type Manifest = z.infer<typeof Manifest>;

export function readHelm(path: string): string {
  return readFileSync(join(HELM, path), 'utf8');
}

export function manifestsOf(example: string): readonly Manifest[] {
  return parseAllDocuments(readHelm(`examples/${example}.rendered.yaml`)).map((document) =>
    Manifest.parse(document.toJS()),
  );
}

/** The values as Helm sees them: laid over the defaults, where null takes a key away. */
export function valuesOf(example: string): unknown {
  const [defaults, given] = ['okta-ocsf/values.yaml', `examples/${example}.values.yaml`].map((path) =>
    Tree.parse(parse(readHelm(path))),
  );
  return merged(defaults ?? {}, given ?? {});
}

function merged(defaults: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    const [below, above] = [Tree.safeParse(out[key]), Tree.safeParse(value)];
    if (value === null) delete out[key];
    else out[key] = below.success && above.success ? merged(below.data, above.data) : value;
  }
  return out;
}

/** The same digest of all files that the manifests are made from as the script writes. */
export function madeFrom(): string {
  const paths = ['okta-ocsf/**/*', 'examples/*.values.yaml']
    .flatMap((pattern) => globSync(pattern, { cwd: HELM, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(HELM, join(entry.parentPath, entry.name)))
    .toSorted();
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\n`).update(readHelm(path)).update('\n');
  return hash.digest('hex');
}
