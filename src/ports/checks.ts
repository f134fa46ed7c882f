/** The result of "Test connector", which the command `test`, the worker's start and its readiness use. */

interface CheckWords {
  readonly code: string;
  readonly tries: string;
  readonly atWorst: Check['status'];
  /** The remedy where it did not pass; a check itself gives that of the case at hand. */
  readonly todo: string;
}

/** Every check in the order of `test`. The codes are stable: scripts compare them. */
export const CHECKS = [
  {
    code: 'settings',
    tries:
      'are there settings that have no effect, or that contradict each other? (Wrong ones end the command with 2)',
    atWorst: 'warning',
    todo: 'change the settings that it names',
  },
  {
    code: 'okta_address',
    tries: 'is there an Okta org at `OKTA_BASE_URL`, under this name? Without a credential',
    atWorst: 'failed',
    todo: 'set `OKTA_BASE_URL` to the address that users sign in at; look at proxy, firewall and certificates',
  },
  {
    code: 'okta_engine',
    tries: 'Identity Engine or Classic Engine',
    atWorst: 'passed',
    todo: 'nothing',
  },
  {
    code: 'okta_clock',
    tries: "does the clock of this machine agree with Okta's, within 60 seconds?",
    atWorst: 'warning',
    todo: 'set the clock by NTP',
  },
  {
    code: 'okta_credential',
    tries: 'does Okta accept the credential? The exit code is 3 where not, and nothing more of Okta is asked',
    atWorst: 'failed',
    todo: 'give a valid `OKTA_API_TOKEN`, or the key and id of a service app that is active',
  },
  {
    code: 'okta_users',
    tries: 'may users be listed, and are there any?',
    atWorst: 'failed',
    todo: 'give the credential the right to read users, of the whole org',
  },
  {
    code: 'okta_user_search',
    tries: 'does Okta understand `OKTA_USER_SEARCH`, and does it find users? Only where it is set',
    atWorst: 'failed',
    todo: 'correct the expression: names are case-sensitive',
  },
  {
    code: 'okta_groups',
    tries: 'may groups be listed?',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `groups` out of `LOOKUPS`',
  },
  {
    code: 'okta_group_roles',
    tries: 'may the roles of a group be read?',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `group-roles` out of `LOOKUPS`',
  },
  {
    code: 'okta_factors',
    tries: 'may the factors of a user be read?',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `factors` out of `LOOKUPS`',
  },
  {
    code: 'okta_user_roles',
    tries: 'may the roles of a user be read?',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `roles` out of `LOOKUPS`',
  },
  {
    code: 'okta_assignees',
    tries: 'may the list of role holders be read, which spares a call a user?',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or pay the calls',
  },
  {
    code: 'okta_log',
    tries: 'may the System Log be read, which tells incremental runs of changes?',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or wait for full runs',
  },
  {
    code: 'okta_apps',
    tries: 'may applications be listed? Only with `apps` in `ASSETS`, as the next one',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `apps` out of `ASSETS`',
  },
  {
    code: 'okta_app_groups',
    tries: 'may the groups of an application be read?',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `apps` out of `ASSETS`',
  },
  {
    code: 'okta_app_users',
    tries: 'may the users of an application be read? Only with `app-users` in `ASSETS`',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `app-users` out of `ASSETS`',
  },
  {
    code: 'okta_rules',
    tries: 'may group rules be listed? Only with `rules` in `ASSETS`',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `rules` out of `ASSETS`',
  },
  {
    code: 'okta_devices',
    tries: 'may devices be listed? Only with `devices` in `ASSETS`',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `devices` out of `ASSETS`',
  },
  {
    code: 'okta_org',
    tries: 'may the org itself be read? Only with `org` in `ASSETS`, as the next one',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `org` out of `ASSETS`',
  },
  {
    code: 'okta_custom_roles',
    tries: 'may custom admin roles be listed?',
    atWorst: 'failed',
    todo: 'give the role or scope that it names, or leave `org` out of `ASSETS`',
  },
  {
    code: 'okta_rate',
    tries: 'what Okta allows, what of it may be spent, and does somebody else spend it?',
    atWorst: 'warning',
    todo: 'lower `OKTA_RATE_LIMIT_SHARE`, or look at the Rate Limit dashboard, or at a proxy that drops headers',
  },
  {
    code: 'okta_mfa_rule',
    tries: 'what the other values of `MFA_RULE` would say of 20 users. Only with `any` on Identity Engine',
    atWorst: 'warning',
    todo: 'set `MFA_RULE=strong`, unless a verified e-mail is to count',
  },
  {
    code: 'intake',
    tries: 'does the intake know address, key and connector id? A wrong key makes the exit code 3',
    atWorst: 'failed',
    todo: 'correct `SEKOIA_BASE_URL`, `SEKOIA_API_KEY` or `SEKOIA_CONNECTOR_UUID`',
  },
  {
    code: 'intake_devices',
    tries: 'the same for the connector of devices. Only with `devices` in `ASSETS`',
    atWorst: 'failed',
    todo: 'correct `SEKOIA_DEVICES_CONNECTOR_UUID`',
  },
  {
    code: 'assets',
    tries: 'which of `ASSETS` are not sent to the intake. Left out where none is wanted but devices',
    atWorst: 'passed',
    todo: 'nothing',
  },
  {
    code: 'alerts',
    tries:
      'how many rules `ALERTS_FILE` has, and whose findings are not sent to the intake. Only with that file',
    atWorst: 'passed',
    todo: 'nothing',
  },
  {
    code: 'notices',
    tries:
      'where alerts and notices go, and of which trouble operators are told; sends nothing. Only with `ALERT_WEBHOOK_URL`',
    atWorst: 'passed',
    todo: 'nothing; `okta-ocsf notify-test` sends a message',
  },
  {
    code: 'hooks',
    tries:
      'where event hooks are taken, and whether `worker` can use the certificate of `HOOK_TLS_CERT_FILE` and its key. Only with `HOOK_PORT`',
    atWorst: 'failed',
    todo: 'give the certificate of the host with its chain, the key that belongs to it, and renew them in time',
  },
  {
    code: 'state_dir',
    tries: 'can the inventory be kept in `STATE_DIR`?',
    atWorst: 'failed',
    todo: "make the folder writable, and use one of this machine's own disks",
  },
  {
    code: 'plan',
    tries: 'about how many calls and minutes a full run takes. Left out where that cannot be told',
    atWorst: 'passed',
    todo: 'nothing',
  },
] as const satisfies readonly CheckWords[];

export type CheckCode = (typeof CHECKS)[number]['code'];

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
