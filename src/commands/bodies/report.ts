import { openHistory } from '../../compose/history.ts';
import type { Prepared } from '../../compose/prepare.ts';
import { ConfigError, InventoryError } from '../../ports/errors.ts';
import type { Report } from '../../ports/report.ts';
import type { RunHistory } from '../../ports/run-history.ts';
import { EXIT_DONE } from '../../process/failure.ts';
import { reportText } from '../../process/report-text.ts';
import type { World } from '../../process/world.ts';
import { writeFrozenPage } from './frozen-page.ts';

export interface ReportOptions {
  /** `undefined`: the last run. */
  readonly runId: string | undefined;
  readonly last: boolean;
  readonly json: boolean;
  /** The file that the status page is written to, instead. */
  readonly html: string | undefined;
}

/** Where rows make no sense, the last report is looked for among so many. */
const LOOKED_AT = 50;

/** Prints the report of a run that has ended, or writes the status page. Resolves with the exit code. */
export async function runReport(prepared: Prepared, options: ReportOptions): Promise<number> {
  const { settings, world } = prepared;
  const { runId, last, json, html } = options;
  if (runId !== undefined && last) {
    const hint = 'give one of the two';
    throw new ConfigError([{ name: '--last', problem: 'asks for another run than the id does', hint }]);
  }
  if (html !== undefined) {
    if (runId !== undefined || json) {
      const problem = 'writes the whole status page, neither one run nor JSON';
      throw new ConfigError([{ name: '--html', problem, hint: 'give it alone' }]);
    }
    await writeFrozenPage(prepared, html);
    return EXIT_DONE;
  }
  const { history, close } = openHistory(settings);
  try {
    const report = await (runId === undefined ? lastOf(history, world) : reportOf(history, runId));
    await world.out(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    return EXIT_DONE;
  } finally {
    close();
  }
}

async function lastOf(history: RunHistory, world: World): Promise<Report> {
  const { reports, unreadable } = await history.newest(LOOKED_AT);
  if (unreadable > 0) {
    const of = `warning: the reports of ${unreadable} of the last ${reports.length + unreadable} runs`;
    world.err.write(`${of} make no sense to this version and are left out\n`);
  }
  const [report] = reports;
  if (report !== undefined) return report;
  throw new InventoryError('the inventory has no report yet: no run has ended', {
    hint: 'let `okta-ocsf sync` or `worker` make a run; one that was killed leaves no report',
  });
}

async function reportOf(history: RunHistory, runId: string): Promise<Report> {
  const report = await history.find(runId);
  if (report !== undefined) return report;
  throw new InventoryError('the inventory has no report of a run with this id', {
    hint: 'the newest 1,000 are kept, without those of runs that found nothing new; `okta-ocsf report` shows the last',
  });
}
