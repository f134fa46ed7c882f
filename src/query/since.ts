const SPAN = /^(\d{1,6})\s*(s|m|h|d|w)$/u;
const MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/u;

/** The way to write an instant, for messages. */
export const SINCE_FORMS = 'a span such as 12h, 1d or 2w, or an instant such as 2026-03-01T08:00:00Z';

/** The instant that a text means, in Unix milliseconds: a span before `now`, or an instant, UTC where no zone is given. */
export function instantOf(text: string, now: number): number | undefined {
  const [, count, unit = ''] = SPAN.exec(text.trim()) ?? [];
  if (count !== undefined) return now - Number(count) * (MS[unit] ?? 0);
  if (!INSTANT.test(text.trim())) return undefined;
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/u.test(text.trim());
  const at = Date.parse(text.includes('T') && !hasZone ? `${text.trim()}Z` : text.trim());
  return Number.isNaN(at) ? undefined : at;
}
