import type { StatementSync } from 'node:sqlite';
import type { Unanswered } from '../../ports/inventory.ts';
import { text } from './rows.ts';
import { orInventoryError } from './transaction.ts';

interface GapStatements {
  readonly unanswered: StatementSync;
  readonly answered: StatementSync;
  readonly gap: StatementSync;
}

/** The users or groups for which the last attempt got no answer. */
export function unansweredBy({ unanswered, answered, gap }: GapStatements): Unanswered {
  return {
    list: async (askedBefore, most) =>
      orInventoryError(() => unanswered.all(askedBefore, most).map((row) => text(row, 'id'))),
    answered: async () =>
      orInventoryError(() => {
        const row = answered.get();
        return row === undefined ? undefined : text(row, 'id');
      }),
    has: async (id) => orInventoryError(() => gap.get(id) !== undefined),
  };
}
