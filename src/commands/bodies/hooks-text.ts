import { plainText } from '../../process/log.ts';
import type { OutputOf } from '../../ports/json-output.ts';
import type { HOOK_TYPES_SCHEMA, HookResult, HooksStatus } from './hooks-json.ts';

type TypeRow = OutputOf<typeof HOOK_TYPES_SCHEMA>['types'][number];

const count = new Intl.NumberFormat('en-GB');

/** One line a fact. */
export function outcomeLines({
  did,
  id,
  name,
  url,
  active,
  verified,
  types,
  refused,
  notes,
}: HookResult): string[] {
  const state = [active ? 'active' : 'not active', verified ? 'verified' : 'not verified'].join(', ');
  const told = did === 'deleted' ? [did] : [...(did === 'created' || did === 'updated' ? [did] : []), state];
  return [
    ...(id === null ? [] : [`${id}  ${name ?? ''}  ${told.join(': ')}`, `calls ${url ?? ''}`]),
    ...(id === null || did === 'deleted' ? [] : [typesLine(types)]),
    ...(refused.length === 0 ? [] : [`left out, since this org does not have them: ${refused.join(', ')}`]),
    ...notes,
  ].map(plainText);
}

export function statusLines(status: HooksStatus): string[] {
  const {
    id,
    name,
    url,
    active,
    verified,
    types,
    missing,
    superfluous,
    hooks,
    last_day: lastDay,
    notes,
  } = status;
  const used = `${hooks.active} of ${hooks.most} active verified hooks in this org`;
  if (id === null) return ['no event hook of okta-ocsf', used, ...notes].map(plainText);
  return [
    `${id}  ${name ?? ''}  ${active ? 'active' : 'NOT ACTIVE'}, ${verified ? 'verified' : 'NOT VERIFIED'}`,
    `calls ${url ?? ''}`,
    typesLine(types),
    ...(missing.length === 0 ? [] : [`missing: ${missing.join(', ')}`]),
    ...(superfluous.length === 0 ? [] : [`of no use with these settings: ${superfluous.join(', ')}`]),
    used,
    ...(lastDay === null
      ? []
      : [
          `last day: ${amount(lastDay.matching)} matching events (${count.format(lastDay.most)} a day for all hooks), ${amount(lastDay.failed)} failed deliveries`,
        ]),
    ...notes,
  ].map(plainText);
}

function typesLine({ length }: readonly string[]): string {
  return length === 1 ? '1 event type' : `${length} event types`;
}

function amount({
  count: number,
  estimated,
}: {
  readonly count: number;
  readonly estimated: boolean;
}): string {
  return `${estimated ? 'about ' : ''}${count.format(number)}`;
}

export function typeLines(rows: readonly TypeRow[]): string[] {
  const width = Math.max(...rows.map(({ type }) => type.length));
  return rows.map((row) => `${row.type.padEnd(width)}  ${wordOf(row).padEnd(WORD_WIDTH)}  ${row.why}`);
}

const WORD_WIDTH = 'eligible, not used'.length;

function wordOf({ eligible, used, default: isDefault }: TypeRow): string {
  if (isDefault) return 'default';
  if (eligible) return used ? 'eligible' : 'eligible, not used';
  return 'log only';
}
