import type { StoredMark } from '../../ports/inventory.ts';
import type { GapReason } from '../../ports/org.ts';

const REASONS: ReadonlySet<string> = new Set<GapReason>([
  'refused',
  'missing',
  'unavailable',
  'unreadable',
  'gone',
]);

/** A question that brought nothing left this mark; its cause is the reason. */
export function hasFailed({ mark }: StoredMark): boolean {
  return REASONS.has(mark.cause);
}
