import type { ParameterValues } from '../../ports/questions.ts';

/** Asks one question. What is left of the answer before it is not wanted any more. */
export interface AskRequest {
  readonly kind: 'ask';
  readonly stateDir: string;
  readonly maxAnswerAgeMs: number;
  readonly sql: string;
  readonly parameters: ParameterValues;
  readonly needs: readonly string[];
}

/** `more`: the rows that were sent have been taken. */
export type QuestionRequest = AskRequest | { readonly kind: 'more' };
