import { openReader } from '../inventory/sqlite/reader.ts';
import type { InventoryReader } from '../ports/reader.ts';
import type { RunState } from '../ports/run-state.ts';
import type { Settings } from '../settings/load.ts';
import { INTAKES } from '../sinks/sekoia/name.ts';
import { BAR_COUNT, CURVE_DAYS, type StoredFacts } from '../status/facts.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Reads what the status page shows of the inventory, beside whoever writes it: few rows, however many users there are.
 * Throws `InventoryError` where there is no inventory yet, or it cannot be read.
 */
export async function storedFacts(settings: Settings, now: number): Promise<StoredFacts> {
  const reader = openReader(settings.stateDir, INTAKES);
  try {
    return await read(reader, settings, now);
  } finally {
    reader.close();
  }
}

async function read(reader: InventoryReader, settings: Settings, now: number): Promise<StoredFacts> {
  const { history, posture } = reader;
  const { reports } = await history.newest(BAR_COUNT);
  const quiet = await history.quietHours(now - DAY_MS + HOUR_MS);
  const waiting = await reader.waiting();
  const refused = await reader.refused();
  return {
    runs: reports,
    lastSuccess: await history.lastSuccess(),
    quietLastDay: quiet.reduce((sum, { runs }) => sum + runs, 0),
    fullAt: fullRunAt(await reader.runState(), settings),
    outbox: { count: waiting.events, oldestAt: waiting.oldestAt },
    deadLetters: { count: refused.events, oldestAt: refused.oldestAt },
    gaps: reports.find(({ standing }) => standing !== undefined)?.standing?.gaps ?? {},
    notices: await reader.notices(),
    alerts: await reader.openAlerts(),
    days: await posture.days(now - CURVE_DAYS * DAY_MS),
    newest: await posture.newest(),
  };
}

/** The time from which a run is a full one; `undefined` where none has ended, so that the next one is. */
function fullRunAt(
  { fullRun, fullRunDue, fullEndedAt }: RunState,
  { fullSyncIntervalSeconds }: Settings,
): number | undefined {
  if (fullRun !== undefined) return fullRun.startedAt;
  if (fullEndedAt === undefined) return undefined;
  return fullRunDue?.since ?? fullEndedAt + fullSyncIntervalSeconds * 1000;
}
