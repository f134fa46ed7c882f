import { isFit, type Check } from '../../ports/checks.ts';
import { listChecks } from '../../compose/checks.ts';
import { LastingParts } from '../../compose/lasting-parts.ts';
import { estimateChecks } from '../../compose/plan.ts';
import { EXIT_DONE, EXIT_FAILED, EXIT_REFUSED } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import type { PreparedCommand } from '../../compose/prepare.ts';
import { checksJson } from './test-json.ts';

export interface TestOptions {
  readonly json: boolean;
}

const COLOURS: Readonly<Record<Check['status'], number>> = { passed: 32, warning: 33, failed: 31 };
/** The status line of a terminal: some checks wait for seconds. */
const WAITING = 'waiting for the answers of Okta and the intake ...';
const STATUS_WIDTH = 'warning'.length;
const TITLE_WIDTH = 'Factors of a user'.length;
const INDENT = ' '.repeat(STATUS_WIDTH + 2);

/** "Test connector": tries everything that a run needs, once, and says what is missing. Resolves with the exit code. */
export async function runTest(prepared: PreparedCommand, { json }: TestOptions): Promise<number> {
  const { live, world } = prepared;
  const isColoured = world.isOutputTerminal && (world.env['NO_COLOR'] ?? '') === '';
  const clean = (text: string): string => plainText(live.scrub(text));
  const checks: Check[] = [];
  const lasting = new LastingParts(world);
  try {
    const estimate = () => estimateChecks(prepared, lasting);
    world.err.setStatus(WAITING);
    for await (const found of listChecks(prepared, lasting, {
      estimate,
      warnings: prepared.listWarnings(),
    })) {
      const check = cleaned(found, clean);
      checks.push(check);
      if (!json) await world.out(lines(checkLines(check, isColoured)));
      world.err.setStatus(WAITING);
    }
  } catch (error) {
    // It is no error when the reader of stdout has seen enough. A signal, however, goes on to the caller.
    if (!world.stopping.aborted || world.stoppedBy() !== undefined) throw error;
  } finally {
    world.err.setStatus(undefined);
    lasting.close();
  }
  await world.out(json ? `${JSON.stringify(checksJson(checks), null, 2)}\n` : lines(['', summary(checks)]));
  return exitCodeOfChecks(checks);
}

/** Texts from Okta or the intake are not trusted: they may contain characters that move a terminal's cursor. */
function cleaned(check: Check, clean: (text: string) => string): Check {
  const detail = clean(check.detail);
  return check.status === 'passed'
    ? { ...check, detail }
    : { ...check, detail, cost: clean(check.cost), todo: clean(check.todo) };
}

function checkLines(check: Check, isColoured: boolean): string[] {
  const { status, title, detail } = check;
  const padded = status.padEnd(STATUS_WIDTH);
  const word = isColoured ? `\u001B[${COLOURS[status]}m${padded}\u001B[0m` : padded;
  const line = `${word}  ${title.padEnd(TITLE_WIDTH)}  ${detail}`;
  return check.status === 'passed'
    ? [line]
    : [line, `${INDENT}costs: ${check.cost}`, `${INDENT}to do: ${check.todo}`];
}

function summary(checks: readonly Check[]): string {
  const count = (status: Check['status']): number => checks.filter((check) => check.status === status).length;
  const warnings = count('warning') === 1 ? '1 warning' : `${count('warning')} warnings`;
  const told = `${count('passed')} passed, ${warnings}, ${count('failed')} failed`;
  return `${isFit(checks) ? 'ok: a run is possible' : 'not ok: no run can succeed like this'} (${told})`;
}

/** A refusal has an exit code of its own, whatever else failed, because the settings can mend it. */
function exitCodeOfChecks(checks: readonly Check[]): number {
  if (isFit(checks)) return EXIT_DONE;
  const isRefused = checks.some((check) => check.status === 'failed' && check.isRefusal === true);
  return isRefused ? EXIT_REFUSED : EXIT_FAILED;
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
