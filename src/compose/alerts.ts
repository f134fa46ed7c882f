import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRules } from '../alerts/make-rules.ts';
import { parseAlerts, type AlertFault } from '../alerts/parse-alerts.ts';
import type { AlertRule } from '../alerts/rule.ts';
import { checkQuestion } from '../inventory/questions/check-question.ts';
import { readKeptAlerts } from '../inventory/sqlite/alerts/kept-alerts.ts';
import type { OpenInventory, TemporaryInventory } from '../inventory/store.ts';
import { ConfigError } from '../ports/errors.ts';
import type { Severity } from '../ports/notices.ts';
import type { Asker } from '../ports/questions.ts';
import { nearestName } from '../settings/nearest.ts';
import type { Settings } from '../settings/load.ts';
import type { World } from '../process/world.ts';
import type { AlertParts } from '../sync/alert-parts.ts';
import { openAsker, readLibrary } from './questions.ts';

/** More mistakes than this are counted only. */
const MOST_TOLD = 50;

/** The rules of `ALERTS_FILE`; absent without one. Throws one `ConfigError` with all mistakes in it. */
export function alertRulesOf(settings: Settings): readonly AlertRule[] | undefined {
  const { alertsFile: file, assets, alertWebhookUrl } = settings;
  if (file === undefined) return undefined;
  const { queries } = readLibrary(settings);
  const parsed = parseAlerts(file.text);
  const made = makeRules(parsed.entries, {
    queries,
    nearest: (name) => nearestName(name, [...queries.keys()]),
    check: checkQuestion,
    assets,
    hasWebhook: alertWebhookUrl !== undefined,
  });
  const faults = [...parsed.faults, ...made.faults].toSorted((left, right) => left.line - right.line);
  if (faults.length > 0) throw faultOf(file.path, faults);
  return made.rules;
}

function faultOf(path: string, faults: readonly AlertFault[]): ConfigError {
  const told = faults.slice(0, MOST_TOLD).map(({ line, words }) => `line ${line}: ${words}`);
  const rest = faults.length - told.length;
  const problem = `${path}, ${[...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ')}`;
  return new ConfigError([
    { name: 'ALERTS_FILE', problem, hint: 'docs/alerts.md has the format and examples' },
  ]);
}

/** The parts of the evaluation in a lasting run; absent without rules. */
export function alertParts(
  { alertRules: rules, settings, world }: AlertSources,
  { alerts: store }: OpenInventory,
): AlertParts | undefined {
  if (rules === undefined) return undefined;
  const { host } = new URL(settings.oktaBaseUrl);
  return { rules, store, org: host, newId: () => world.newId(), openAsker: () => openAsker(settings, world) };
}

/** How severe each rule is, by its id. */
export function severitiesOf({
  alertRules = [],
}: Pick<AlertSources, 'alertRules'>): ReadonlyMap<string, Severity> {
  return new Map(alertRules.map(({ id, severity }) => [id, severity]));
}

interface AlertSources {
  readonly alertRules: readonly AlertRule[] | undefined;
  readonly settings: Settings;
  readonly world: World;
}

/**
 * The same for a run that keeps nothing: rows count as open where the inventory in `STATE_DIR` has them, and
 * `onDecided` is told of each evaluation.
 */
export function passingAlertParts(
  { alertRules: rules, settings, world }: AlertSources,
  { copyTo }: TemporaryInventory,
  onDecided: NonNullable<AlertParts['onDecided']>,
): AlertParts | undefined {
  if (rules === undefined) return undefined;
  const { host } = new URL(settings.oktaBaseUrl);
  return {
    rules: rules.filter(({ to }) => to.includes('findings')),
    store: readKeptAlerts(settings.stateDir, host),
    org: host,
    newId: () => world.newId(),
    openAsker: () => askerOfCopy(settings, world, copyTo),
    onDecided,
  };
}

/** The process that answers reads a file. It is private, and gone when the asker is closed. */
function askerOfCopy(settings: Settings, world: World, copyTo: TemporaryInventory['copyTo']): Asker {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-dry-run-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    copyTo(folder);
    const asker = openAsker({ ...settings, stateDir: folder }, world);
    return {
      ask: (question, how) => asker.ask(question, how),
      close: () => {
        asker.close();
        remove();
      },
    };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}
