import { LastingParts } from '../../compose/lasting-parts.ts';
import { preparePlan } from '../../compose/plan.ts';
import { EXIT_DONE } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import { planJson } from '../../plan/plan-json.ts';
import { planLines } from '../../plan/plan-text.ts';
import type { Prepared } from '../../compose/prepare.ts';

export interface PlanOptions {
  readonly quick: boolean;
  readonly json: boolean;
}

/** Shows the calls of a full run before it is made. Resolves with the exit code. */
export async function runPlan(prepared: Prepared, { quick, json }: PlanOptions): Promise<number> {
  const { world } = prepared;
  const lasting = new LastingParts(world);
  const plan = await preparePlan(prepared, lasting, { isQuick: quick }).finally(() => lasting.close());
  const lines = planLines(plan).map((line) => `${plainText(line)}\n`);
  await world.out(json ? `${JSON.stringify(planJson(plan), null, 2)}\n` : lines.join(''));
  return EXIT_DONE;
}
