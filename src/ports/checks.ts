/** The result of "Test connector", which the command `test`, the worker's start and its readiness use. */

import type { PerUserLookup } from './org.ts';

/** These codes are stable: scripts compare them. */
export type CheckCode =
  | 'settings'
  | 'okta_address'
  | 'okta_engine'
  | 'okta_clock'
  | 'okta_credential'
  | 'okta_users'
  | 'okta_user_search'
  | 'okta_groups'
  | 'okta_group_roles'
  | `okta_${PerUserLookup}`
  | 'okta_user_roles'
  | 'okta_assignees'
  | 'okta_log'
  | 'okta_rate'
  | 'okta_mfa_rule'
  | 'intake'
  | 'state_dir'
  | 'plan';

interface Finding {
  readonly code: CheckCode;
  readonly title: string;
  readonly detail: string;
}

interface Passed extends Finding {
  readonly status: 'passed';
}

/** `warning`: runs succeed, but know less or take longer. `failed`: they cannot succeed. */
export interface Trouble extends Finding {
  readonly status: 'warning' | 'failed';
  /** The price of leaving it as it is. */
  readonly cost: string;
  /** The remedy, in the words of Okta's Admin Console. */
  readonly todo: string;
  /** The other side refuses the credential, or refuses it this action. The exit code is another one then. */
  readonly isRefusal?: boolean;
}

export type Check = Passed | Trouble;

/** Warnings allow a run; a failure does not. */
export function isFit(checks: readonly Check[]): boolean {
  return checks.every(({ status }) => status !== 'failed');
}
