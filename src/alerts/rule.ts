import type { AlertParams, AlertTarget } from '../ports/alerts.ts';
import type { CheckedQuestion } from '../ports/questions.ts';
import type { SavedQuery } from '../query/saved-query.ts';
import type { ToldRule } from './notices.ts';

/** A rule that can be evaluated: its query is checked, and has a value for each parameter. */
export interface AlertRule extends ToldRule {
  readonly to: readonly AlertTarget[];
  /** The query and its parameters as one text. Another one is a new rule. */
  readonly fingerprint: string;
  readonly question: CheckedQuestion;
  readonly params: AlertParams;
  /** The lookups that must be known before a row may count as gone, by their names in the view `unknown`. */
  readonly needs: ReadonlySet<string>;
  /** The kind of thing that `uid` names; `undefined`: nobody has said so. */
  readonly subject: SavedQuery['subject'] | undefined;
}
