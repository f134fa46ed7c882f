/** The contract of a store of the inventory, by nothing but its ports: every store runs it. */
import { describe } from 'vitest';
import { assetsContract } from './assets.fixture.ts';
import { deviceEventsContract } from './device-events.fixture.ts';
import { deadLettersContract } from './dead-letters.fixture.ts';
import { eventsContract } from './events.fixture.ts';
import { groupsContract } from './groups.fixture.ts';
import { historyContract } from './history.fixture.ts';
import { marksContract } from './marks.fixture.ts';
import { oldAnswersContract } from './old-answers.fixture.ts';
import { outboxContract } from './outbox.fixture.ts';
import { postureContract } from './posture.fixture.ts';
import { runsContract } from './runs.fixture.ts';
import { openScene, type KeptInventory } from './scene.fixture.ts';
import { sinksContract } from './sinks.fixture.ts';
import { standingContract } from './standing.fixture.ts';
import { usersContract } from './users.fixture.ts';

const SUITES = {
  users: usersContract,
  groups: groupsContract,
  assets: assetsContract,
  'events of devices': deviceEventsContract,
  'old answers': oldAnswersContract,
  events: eventsContract,
  marks: marksContract,
  runs: runsContract,
  history: historyContract,
  posture: postureContract,
  outbox: outboxContract,
  sinks: sinksContract,
  'dead letters': deadLettersContract,
  'what stands': standingContract,
};

/** `create`: a new inventory that is empty, for one test; the store tidies it up at the test's end. */
export function inventoryContract(create: () => KeptInventory): void {
  describe.each(Object.entries(SUITES))('inventory, contract: %s', (_, suite) => {
    suite((options) => openScene(create(), options));
  });
}
