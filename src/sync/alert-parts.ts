import type { DecidedRows } from '../alerts/decide.ts';
import type { AlertRule } from '../alerts/rule.ts';
import type { AlertStore } from '../ports/alerts.ts';
import type { Asker } from '../ports/questions.ts';

/** The rules of alerts, and what their evaluation needs. */
export interface AlertParts {
  readonly rules: readonly AlertRule[];
  readonly store: AlertStore;
  /** Asks the inventory as the run has left it. Call it when all that was read is stored. */
  readonly openAsker: () => Asker;
  /** The host of the org. */
  readonly org: string;
  readonly newId: () => string;
  /** Is told of every evaluation. */
  readonly onDecided?: (rule: AlertRule, decided: DecidedRows, at: number) => Promise<void>;
}
