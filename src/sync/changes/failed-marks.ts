import type { StoredMark } from '../../ports/inventory.ts';
import { GAP_REASONS } from '../../ports/org.ts';

const GAPS: ReadonlySet<string> = new Set(GAP_REASONS);

/** Was the mark left by a question that got no answer? */
export function hasFailed({ mark }: StoredMark): boolean {
  return GAPS.has(mark.reason);
}
