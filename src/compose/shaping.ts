import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Settings } from '../settings/load.ts';
import type { Log } from '../ports/log.ts';
import type { User } from '../ports/org.ts';
import { createFieldMapper } from '../shaping/field-mapper.ts';
import type { MappingRule } from '../shaping/field-mapping.ts';
import { createRedactor, type Redactor } from '../shaping/redaction.ts';
import { mappingFor } from '../settings/shaping-values.ts';

/** Redacts users by `REDACT` and its key. */
export function createRedactorFor({ redact, redactKey }: Settings): Redactor {
  return createRedactor(redact ?? new Map(), redactKey?.reveal() ?? '');
}

/** The rules of `MAPPING_FILE` for the chosen dialect. */
export function mappingRules({ mappingFile, dialect }: Settings): readonly MappingRule[] {
  return mappingFile === undefined ? [] : mappingFor(mappingFile, dialect).rules;
}

/** Maps and redacts a user's record before any other code sees it; `undefined`: the record stays as Okta gave it. */
export function createRecordShaper(
  settings: Settings,
  { log, usedCpuMs }: { readonly log: Log; readonly usedCpuMs: () => number },
): ((user: User) => User) | undefined {
  const rules = mappingRules(settings);
  if (settings.redact === undefined && rules.length === 0) return undefined;
  const { redact } = createRedactorFor(settings);
  if (rules.length === 0) return redact;
  const told = new Set<MappingRule>();
  const map = createFieldMapper({ library: expressionLibrary(), usedCpuMs }, rules, (rule, reason) => {
    if (told.has(rule)) return;
    told.add(rule);
    log.warn({ from: rule.from, to: rule.to, reason }, 'a mapped field is left out of an event');
  });
  return (user) => map(redact(user));
}

/** The library's text, because expressions are evaluated in a realm of their own. */
function expressionLibrary(): string {
  return readFileSync(createRequire(import.meta.url).resolve('jsonata'), 'utf8');
}

/** Do settings select only some of the users? */
export function isSelecting(settings: Settings): boolean {
  return settings.oktaUserSearch !== undefined || hasSelection(settings);
}

/** Do groups or statuses select users? */
export function hasSelection({ includeGroups, excludeGroups, statuses }: Settings): boolean {
  return [includeGroups, excludeGroups, statuses].some((given) => given !== undefined);
}

/** `STATUSES`, where set, also decides alone about deactivated users. */
export function wantsDeprovisioned({ includeDeprovisioned, statuses }: Settings): boolean {
  return statuses === undefined ? includeDeprovisioned : statuses.has('DEPROVISIONED');
}
