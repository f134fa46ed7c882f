import { alertRulesOf, severitiesOf } from '../../compose/alerts.ts';
import type { Prepared } from '../../compose/prepare.ts';
import { storedFacts } from '../../compose/stored-facts.ts';
import { ConfigError } from '../../ports/errors.ts';
import type { Report } from '../../ports/report.ts';
import { StrangeFileError, writeGiven } from '../../process/own-file.ts';
import type { StatusFacts } from '../../status/facts.ts';
import { makeStatus } from '../../status/make-status.ts';
import { frozenPage } from '../../status/page.ts';
import { TODO_AFTER } from '../../worker/obstacles.ts';

const STDOUT = '-';

/** Writes the status page into a file, or to stdout, as far as the inventory tells: only a worker knows what runs now. */
export async function writeFrozenPage({ settings, world }: Prepared, file: string): Promise<void> {
  const at = world.clock.now();
  const stored = await storedFacts(settings, at);
  const status = makeStatus({
    version: world.version,
    org: settings.orgLabel,
    timeZone: settings.scheduleTimeZone,
    at,
    hindrances: hindrancesOf(stored.runs),
    severities: severitiesOf({ alertRules: alertRulesOf(settings) }),
    stored,
  });
  const page = await frozenPage(status);
  if (file === STDOUT) await world.out(page);
  else writePage(file, page);
}

/** The failure of the last run, since the first of the runs in a row that ended in the same way. */
function hindrancesOf(runs: readonly Report[]): StatusFacts['hindrances'] {
  const [last] = runs;
  if (last?.outcome !== 'failed') return [];
  const code = last.error?.code ?? 'internal';
  const others = runs.findIndex(({ error }) => error?.code !== code);
  const first = runs.at(others === -1 ? -1 : others - 1) ?? last;
  const todo = Object.entries(TODO_AFTER).find(([known]) => known === code)?.[1] ?? TODO_AFTER.internal;
  return [{ code, since: Date.parse(first.started_at), todo }];
}

function writePage(file: string, text: string): void {
  try {
    writeGiven(file, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const ofFile = cause instanceof StrangeFileError ? cause.hint : undefined;
    const hint = ofFile ?? 'give a file in a folder that exists and is writable';
    throw new ConfigError([{ name: '--html', problem: `cannot be written: ${reason}`, hint }]);
  }
}
