import type { StoredMark } from '../../ports/inventory.ts';
import { GAP_REASONS } from '../../ports/org.ts';

const GAPS: ReadonlySet<string> = new Set(GAP_REASONS);

/** A question that brought nothing left this mark. */
export function hasFailed({ mark }: StoredMark): boolean {
  return GAPS.has(mark.reason);
}
