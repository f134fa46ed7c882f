import type { ErrorCode } from '../ports/errors.ts';

/** Our own words for each code: the message of an error may quote Okta, with names and ids. */
const WORDS: Readonly<Record<ErrorCode | 'not_checked' | 'run_overdue', string>> = {
  config: 'a setting is missing or wrong',
  okta_auth: 'Okta refuses the credential',
  okta_forbidden: 'Okta does not let the credential list users',
  okta_not_found: 'Okta does not know what was asked for',
  okta_feature_off: 'the org does not offer what was asked for',
  okta_rate_limit: 'a rate limit of the org was spent for longer than a run waits',
  okta_unavailable: 'Okta cannot be reached',
  okta_response: 'Okta gave an answer that cannot be trusted',
  intake_auth: 'the intake refuses the key',
  intake_unavailable: 'the intake cannot be reached',
  intake_refused: 'the intake refuses event after event',
  inventory: 'the inventory cannot be read or written',
  internal: 'the program broke',
  not_checked: 'nothing was tried yet',
  run_overdue: 'a run does not end or does not start',
};

/** @param code of an error, of the worker's own, or of a check of `okta-ocsf test` */
export function wordsOf(code: string): string {
  return (
    Object.entries(WORDS).find(([known]) => known === code)?.[1] ?? `the check ${code} failed at the start`
  );
}

/** Is it of a check? What a run meets is nearer to the cause. */
export function isOfCheck(code: string): boolean {
  return !Object.hasOwn(WORDS, code);
}
