import type { Settings } from '../config.ts';
import { groupsMakeAdmin } from '../enrich/admin.ts';
import type { InventoryOptions } from '../inventory/open.ts';
import type { Comparison } from '../inventory/outbox.ts';
import { dialectNamed } from '../ocsf/dialects.ts';
import { createEventMaker } from '../ocsf/make-event.ts';
import { createValidate } from '../ocsf/validate.ts';
import type { World } from '../world.ts';

/** How events are compared with the last ones; a run sets it once it knows its mode. */
export interface ChosenComparison {
  current: Comparison;
}

/** How the inventory makes events of what it knows: the dialect and the rules that the settings choose. */
export function inventoryOptions(
  settings: Settings,
  { clock, newId }: Pick<World, 'clock' | 'newId'>,
  runId: string,
  comparison: ChosenComparison,
): InventoryOptions {
  const { mfaRule, adminRule, onLookupFailure, lookups, risk, riskRules } = settings;
  const maxAgeMs = settings.maxAnswerAgeSeconds * 1000;
  const { dialect, schema } = chosenDialect(settings);
  const validate = createValidate(schema);
  const rules = { mfaRule, adminRule, onLookupFailure, lookups, riskRules: risk ? riskRules : undefined };
  return {
    makeEvent: createEventMaker({ dialect, validate, ...rules }),
    stampEvent: (body) => dialect.stamp(body, { uid: newId(), runId, loggedAt: clock.now() }),
    isStillGood: (readAt, askedAt) => askedAt - readAt <= maxAgeMs,
    // Without a list of roles in the event, one that makes the user Admin is enough.
    decidesAdmin: dialect.sendsRoleList ? undefined : (groups) => groupsMakeAdmin(groups, adminRule),
    comparison: () => comparison.current,
    runId,
    clock,
  };
}

/** What decides an event beside the user, as a text: another one makes every event anew. */
export function mappingOf(settings: Settings): string {
  const { mfaRule, adminRule, onLookupFailure, risk, riskRules } = settings;
  const { dialect } = chosenDialect(settings);
  const rules = [mfaRule, adminRule, onLookupFailure, risk ? [...riskRules] : null];
  return JSON.stringify([dialect.name, dialect.schemaVersion, dialect.settings, ...rules]);
}

function chosenDialect(settings: Settings) {
  return dialectNamed(settings.dialect, {
    tenantUid: new URL(settings.oktaBaseUrl).host,
    orgLabel: settings.orgLabel,
    carriesRaw: settings.rawData,
  });
}
