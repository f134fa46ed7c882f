import { LastingParts } from '../../compose/lasting-parts.ts';
import { preparePlan } from '../../compose/plan.ts';
import type { Settings } from '../../settings/load.ts';
import { EXIT_DONE } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import { type RootLog } from '../../ports/log.ts';
import { planJson } from '../../plan/plan-json.ts';
import { planLines } from '../../plan/plan-text.ts';
import type { World } from '../../process/world.ts';

export interface PlanOptions {
  readonly quick: boolean;
  readonly json: boolean;
}

/** Shows the calls of a full run before it is made. Resolves with the exit code. */
export async function runPlan(
  settings: Settings,
  world: World,
  log: RootLog,
  { quick, json }: PlanOptions,
): Promise<number> {
  const lasting = new LastingParts(world);
  const prepared = { settings, world, log };
  const plan = await preparePlan(prepared, lasting, { isQuick: quick }).finally(() => lasting.close());
  const lines = planLines(plan).map((line) => `${plainText(line)}\n`);
  await world.out(json ? `${JSON.stringify(planJson(plan), null, 2)}\n` : lines.join(''));
  return EXIT_DONE;
}
