import type { ErrorCode } from '../ports/errors.ts';

/** A reason why the worker is not ready. Anybody may ask for it, so that it holds no name, id or address. */
export interface Obstacle {
  /** Of a fixed list: of an error, of a check, or one of `OWN`. */
  readonly code: string;
  /** Unix milliseconds. */
  readonly since: number;
  readonly todo: string;
}

/** By the code of the error that ended the last run. */
export const TODO_AFTER: Readonly<Record<ErrorCode, string>> = {
  config: 'mend the settings that the log names; they are read again at SIGHUP and at the next start',
  okta_auth: 'give a valid Okta credential; a file of it that changes is tried at once',
  okta_forbidden: 'give the Okta credential the role or scope that `okta-ocsf test` names',
  okta_not_found: 'check OKTA_BASE_URL, and run `okta-ocsf test`',
  okta_feature_off: 'run `okta-ocsf test`: it names what the org does not offer',
  okta_rate_limit:
    "lower OKTA_RATE_LIMIT_SHARE, or look in Okta's Rate Limit dashboard for what else spends the bucket",
  okta_unavailable:
    'look at status.okta.com and at the network between here and Okta; the next run tries again',
  okta_response:
    'look in the log for the answer that could not be trusted, and for a proxy that changes answers',
  intake_auth:
    'give a valid SEKOIA_API_KEY and SEKOIA_CONNECTOR_UUID; a file of the key that changes is tried at once',
  intake_unavailable: 'look at the intake and at the network between here and it; the events wait on disk',
  intake_refused:
    'read the reasons in the log, and check SEKOIA_CONNECTOR_UUID and DIALECT; the events wait on disk',
  inventory: 'look at the folder of STATE_DIR (room, permissions, another process); the log says which',
  internal: 'this is a defect of okta-ocsf: report it with the log at LOG_LEVEL=debug',
};

/** After a check at the start has failed. */
export const TODO_AFTER_CHECK = 'run `okta-ocsf test`: it says what is missing and what to do';

/** Warnings about event hooks, by their codes. */
export const TODO_OF_HOOKS = {
  hooks_silent:
    'no event hook came in a day with an open port, although the System Log had events for them: run `okta-ocsf hooks status`, and look whether Okta reaches HOOK_PORT',
  hooks_many:
    'the events for hooks of one day come near 400,000, at which Okta stops sending them: take loud types out with `okta-ocsf hooks create --types`',
} as const;

/** Reasons that neither an error nor a check gives. */
export const OWN = {
  not_checked: 'wait: the checks at the start are under way',
  run_overdue:
    'look in the log for a run that does not end or does not start; `okta_ocsf_run_calls_left` shows whether it goes on',
} as const;
