import type { Allowed } from './parsed.ts';
import type { SettingRow } from './table.ts';

/** The default, and that of the `ocsf-*` dialects where it differs. */
export function defaultsOf({ default: written }: SettingRow): string[] {
  if (written === undefined) return [];
  return typeof written === 'string' ? [written] : [written.sekoia, written.ocsf];
}

/** The values that a setting takes, in words. @param quote how a value is set off from the words */
export function allowedWords({ allowed }: SettingRow, quote = (value: string): string => value): string {
  if (typeof allowed === 'string') return allowed;
  return wordsOf(allowed, quote);
}

function wordsOf(allowed: Allowed, quote: (value: string) => string): string {
  if (allowed.kind === 'number') return `a whole number from ${allowed.least} to ${allowed.most}`;
  const values = allowed.values.map(quote);
  return allowed.kind === 'one' ? values.join(', ') : `any of ${values.join(', ')}, separated by commas`;
}

/** The default in words, or the fact that a value is required. */
export function defaultWords(row: SettingRow, quote = (value: string): string => value): string {
  const [first, inOcsf] = defaultsOf(row);
  if (first !== undefined) {
    return inOcsf === undefined ? quote(first) : `${quote(first)}; ${quote(inOcsf)} in ${quote('ocsf-*')}`;
  }
  if (row.unlessGiven !== undefined) return 'required, or a service app';
  if (row.requiredTo === undefined) return 'none';
  const when = row.effect === undefined ? '' : ` ${row.effect.words}`;
  return `${row.requiredTo === 'push' ? 'required to push' : 'required'}${when}`;
}
