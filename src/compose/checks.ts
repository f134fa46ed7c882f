import type { Check } from '../ports/checks.ts';
import { ConfigError } from '../ports/errors.ts';
import { certificateFault, readTls } from './hooks/certificate.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Prepared } from './prepare.ts';
import { createSink, devicesConnector } from './sink.ts';
import { sinkSettings, type Settings } from '../settings/load.ts';
import { checkIntake } from '../sinks/sekoia/check.ts';
import { checkStateDir } from '../inventory/sqlite/state-dir-check.ts';
import { checkAccess, type AccessParts } from '../okta/check/access-check.ts';
import { CheckLimits } from '../okta/check/check-limits.ts';
import { credentialOf } from '../settings/credential.ts';
import type { SettingWarning } from '../settings/warnings.ts';

/** The limit for one answer, short because somebody waits for the whole test. */
const OKTA_TIMEOUT_MS = 5000;
const INTAKE_TIMEOUT_MS = 3500;
/** The most tries of one request for a service app's token. */
const TOKEN_TRIES = 2;

export interface CheckOptions {
  /** The plan's estimate of calls and minutes. Comes last, and only when Okta's side allows a run. */
  readonly estimate?: () => Promise<readonly Check[]>;
  /** Makes no more than one call a question, because nobody sits and reads the result. */
  readonly isBrief?: boolean;
  /** Settings that are probably a mistake; absent where the log has reported them already. */
  readonly warnings?: readonly SettingWarning[];
}

/**
 * Every check of "Test connector", each as soon as it is known: the settings (wrong ones never get this far), Okta's
 * side, the intake (asked at the same time), and the state folder. Throws only when told to stop.
 */
export async function* listChecks(
  prepared: Prepared,
  lasting: LastingParts,
  { estimate, isBrief = false, warnings = [] }: CheckOptions = {},
): AsyncGenerator<Check> {
  const { settings, world } = prepared;
  const intakes = [startIntakeCheck(prepared), startDevicesCheck(prepared)];
  yield settingsCheck(settings, warnings);
  let isOktaFit = true;
  for await (const check of checkAccess(accessParts(prepared, lasting, isBrief))) {
    isOktaFit &&= check.status !== 'failed';
    yield check;
  }
  for (const intake of intakes) if (intake !== undefined) yield await intake;
  yield* assetsCheck(settings);
  yield* alertsCheck(prepared);
  yield* noticesCheck(settings);
  yield* hooksCheck(settings, world.clock.now());
  world.stopping.throwIfAborted();
  yield checkStateDir(settings.stateDir, `.test-${world.newId()}`);
  if (estimate !== undefined && isOktaFit) yield* await estimate();
}

function startIntakeCheck(prepared: Prepared, to?: ReturnType<typeof devicesConnector>): Promise<Check> {
  const { settings, world } = prepared;
  const { clock, stopping: signal } = world;
  const { host } = new URL(sinkSettings(settings).baseUrl);
  const sink = createSink(prepared, { to, timeoutMs: INTAKE_TIMEOUT_MS });
  const connector = to?.connector;
  return checkIntake({ sink, host, ...(connector && { connector }), clock, signal });
}

/** Devices have a connector of their own. */
function startDevicesCheck(prepared: Prepared): Promise<Check> | undefined {
  const to = devicesConnector(prepared.settings);
  return to && startIntakeCheck(prepared, to);
}

function accessParts(prepared: Prepared, lasting: LastingParts, isBrief: boolean): AccessParts {
  const { settings, world, log } = prepared;
  const { clock, stopping: signal } = world;
  const limits = new CheckLimits();
  const { client, get: http } = lasting
    .connectionFor(prepared, true)
    .clientForChecks({ log, signal }, { limits, timeoutMs: OKTA_TIMEOUT_MS, tries: TOKEN_TRIES });
  return {
    client,
    http,
    limits,
    baseUrl: new URL(settings.oktaBaseUrl),
    clock,
    signal,
    credential: credentialOf(settings).kind,
    lookups: settings.lookups,
    assets: settings.assets,
    userSearch: settings.oktaUserSearch,
    share: settings.oktaRateLimitShare,
    mfaRule: settings.mfaRule,
    mayAskMany: !isBrief,
  };
}

/** The intake knows users and devices only. */
function* assetsCheck({ assets }: Settings): Generator<Check> {
  const unsent = [...assets].filter((asset) => asset !== 'devices');
  if (unsent.length === 0) return;
  const detail = `${unsent.join(', ')}: read for the graph and for dry-run --assets, but not sent to the intake, which takes users and devices only`;
  yield { code: 'assets', title: 'Assets', status: 'passed', detail };
}

/** The settings have been read, so they are right; nothing is sent, since somebody would read it. */
function* noticesCheck({ alertWebhookUrl, alertWebhookFormat: format, notify }: Settings): Generator<Check> {
  if (alertWebhookUrl === undefined) return;
  const { host } = new URL(alertWebhookUrl.reveal());
  const form = format === 'slack' ? 'as text for Slack' : 'as signed JSON';
  const causes = notify.size === 0 ? 'no trouble (NOTIFY is not set)' : [...notify].join(', ');
  const detail = `messages go to ${host} ${form}; operators are told of ${causes}; \`okta-ocsf notify-test\` sends one`;
  yield { code: 'notices', title: 'Notices', status: 'passed', detail };
}

/** The worker does not start with a certificate that it cannot use, and starts with one that has expired. */
function* hooksCheck(settings: Settings, now: number): Generator<Check> {
  const { hookPort, hookHost, hookPath } = settings;
  if (hookPort === undefined) return;
  const about = { code: 'hooks', title: 'Event hooks' } as const;
  try {
    const tls = readTls(settings);
    const fault = tls && certificateFault(tls, now);
    const by = tls === undefined ? 'by http: a proxy before it has the certificate' : 'by https';
    const detail = `worker takes them at port ${hookPort} of ${hookHost}, path ${hookPath}, ${by}`;
    if (fault === undefined) yield { ...about, status: 'passed', detail };
    else
      yield {
        ...about,
        status: 'warning',
        detail: `${detail}; the certificate of HOOK_TLS_CERT_FILE ${fault}`,
        cost: 'Okta refuses to connect, so changes wait for the next poll',
        todo: 'renew the certificate, and check the clock of this machine; the worker reads it again before each run',
      };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    yield {
      ...about,
      status: 'failed',
      detail: thrown.faults.map(({ name, problem }) => `${name}: ${problem}`).join('; '),
      cost: 'worker does not start',
      todo: thrown.faults.map(({ hint }) => hint).join('; '),
    };
  }
}

/** The rules are right: a command with wrong ones never gets this far. */
function* alertsCheck({ alertRules: rules }: Prepared): Generator<Check> {
  if (rules === undefined) return;
  const findings = rules.filter(({ to }) => to.includes('findings')).map(({ id }) => id);
  const unsent =
    findings.length === 0
      ? ''
      : `; findings of ${findings.join(', ')}: printed by dry-run --assets findings, but not sent to the intake, which takes users and devices only`;
  const detail = `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}, each with a query that can be asked${unsent}`;
  yield { code: 'alerts', title: 'Alerts', status: 'passed', detail };
}

function settingsCheck(
  { lookups, assets, mfaRule, adminRule, dialect, oktaRateLimitShare: share }: Settings,
  warnings: readonly SettingWarning[],
): Check {
  const chosen = [
    `LOOKUPS=${[...lookups].join(',')}`,
    ...(assets.size === 0 ? [] : [`ASSETS=${[...assets].join(',')}`]),
    `MFA_RULE=${mfaRule}`,
    `ADMIN_RULE=${adminRule}`,
    `DIALECT=${dialect}`,
    `OKTA_RATE_LIMIT_SHARE=${share}`,
  ];
  const shared = { code: 'settings', title: 'Settings' } as const;
  const detail = `complete; ${chosen.join(' ')}`;
  if (warnings.length === 0) return { ...shared, status: 'passed', detail };
  const told = warnings.map(({ name, problem }) => `${name} ${problem}`).join('; ');
  return {
    ...shared,
    status: 'warning',
    detail: `${detail}; ${told}`,
    cost: 'runs do not do what these settings seem to ask for',
    todo: [...new Set(warnings.map(({ hint }) => hint))].join('; '),
  };
}
