const UNITS = [
  [86_400_000, 'days'],
  [3_600_000, 'hours'],
  [60_000, 'minutes'],
] as const;

export interface Ages {
  readonly youngestMs: number;
  readonly oldestMs: number;
}

/** Ages for people: `5 hours`, `2 to 6 days`. */
export function sayAges({ youngestMs, oldestMs }: Ages): string {
  const unit = UNITS.find(([ms]) => oldestMs >= 2 * ms);
  if (unit === undefined) return 'under 2 minutes';
  const [low, high] = [youngestMs, oldestMs].map((ms) => Math.round(ms / unit[0]));
  return low === high ? `${high} ${unit[1]}` : `${low} to ${high} ${unit[1]}`;
}
