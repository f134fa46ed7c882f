import { statSync } from 'node:fs';
import { openReader } from '../inventory/sqlite/reader.ts';
import { inventoryFile } from '../inventory/sqlite/database.ts';
import { InventoryError } from '../ports/errors.ts';
import type { InventoryReader, OldestAnswers } from '../ports/reader.ts';
import type { Posture } from '../ports/posture.ts';
import type { AlertCounts, Report, StandingCounts } from '../ports/report.ts';
import type { Settings } from '../settings/load.ts';
import { INTAKES } from '../sinks/sekoia/name.ts';
import { createStillGood } from './events.ts';

const WEEK_MS = 7 * 86_400_000;

/** The inventory's own account of its runs and of what is known now. Instants are Unix milliseconds. */
export interface Remembered {
  /** When the last run, and the last full run, had read everything, delivered or not; on Okta's clock. */
  readonly readAt: number | undefined;
  readonly fullRunAt: number | undefined;
  /** When the last run ended that completed, those left out that read only what event hooks have named. */
  readonly successAt: number | undefined;
  /** How long the longest run of the last week took. */
  readonly longestMs: number | undefined;
  /** As the last run that completed found it. */
  readonly posture: Posture | undefined;
  readonly standing: StandingCounts;
  /** The counts of alerts as the last run that completed found them; absent where it evaluated none. */
  readonly alerts?: AlertCounts | undefined;
  readonly waiting: Awaited<ReturnType<InventoryReader['waiting']>>;
  /** Messages to people that wait. */
  readonly notices: number;
  readonly oldestAnswers: OldestAnswers;
}

/** Reads `STATE_DIR` beside whoever writes it; `undefined` where there is no inventory, or it cannot be read. */
export async function remembered(settings: Settings, now: number): Promise<Remembered | undefined> {
  try {
    const reader = openReader(settings.stateDir, INTAKES);
    try {
      const { history, posture } = reader;
      const { endedAt: readAt, fullEndedAt: fullRunAt } = await reader.runState();
      const longest = await history.longestSeconds(now - WEEK_MS);
      const success = await history.lastSuccess();
      const { gaps, deadLetters } = await reader.standing(
        settings.lookups,
        settings.assets,
        createStillGood(settings),
      );
      return {
        readAt,
        fullRunAt,
        successAt: endOf(await history.lastPoll()),
        longestMs: longest === undefined ? undefined : longest * 1000,
        posture: (await posture.newest())?.posture,
        standing: { gaps, dead_letters: deadLetters },
        alerts: success?.alerts,
        waiting: await reader.waiting(),
        notices: (await reader.notices()).count,
        oldestAnswers: await reader.oldestAnswers(),
      };
    } finally {
      reader.close();
    }
  } catch (thrown) {
    // The run itself meets the same trouble, and tells it.
    if (thrown instanceof InventoryError) return undefined;
    throw thrown;
  }
}

function endOf(report: Report | undefined): number | undefined {
  return report === undefined ? undefined : Date.parse(report.started_at) + report.duration_seconds * 1000;
}

/** The inventory's size on disk, with its log of changes; `undefined` where there is none. */
export function inventoryBytes({ stateDir }: Pick<Settings, 'stateDir'>): number | undefined {
  const file = inventoryFile(stateDir);
  const size = sizeOf(file);
  return size === undefined ? undefined : size + (sizeOf(`${file}-wal`) ?? 0);
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
}
