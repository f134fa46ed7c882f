import type { Settings } from '../settings/load.ts';
import { groupsMakeAdmin } from '../enrich/admin.ts';
import { createJudge, type JudgePosture } from '../enrich/posture.ts';
import type { InventoryOptions } from '../inventory/store.ts';
import { dialectNamed } from '../ocsf/dialects.ts';
import { createEventMaker, type EventMakerOptions } from '../ocsf/make-event.ts';
import { INTAKE } from '../sinks/sekoia/name.ts';
import { withPaths } from '../shaping/event-paths.ts';
import type { World } from '../process/world.ts';
import { mappingRules, createRedactorFor } from './shaping.ts';
import { Validators } from './validators.ts';

/** The options by which the inventory makes events: the dialect and the rules that the settings choose. */
export function inventoryOptions(
  settings: Settings,
  { clock, newId }: Pick<World, 'clock' | 'newId'>,
  { runId, validators }: { readonly runId: string; readonly validators: Validators },
): InventoryOptions {
  const options = eventMakerOptions(settings, validators);
  const { dialect, adminRule } = options;
  return {
    sink: INTAKE,
    makeEvent: createEventMaker(options),
    stampEvent: (body) => dialect.stamp(body, { uid: newId(), runId, loggedAt: clock.now() }),
    isStillGood: createStillGood(settings),
    redaction: createRedactorFor(settings),
    judge: createPostureJudge(settings),
    // Where neither the event nor a graph lists roles, one role that makes the user Admin is enough.
    decidesAdmin:
      dialect.sendsRoleList || settings.assets.size > 0
        ? undefined
        : (groups) => groupsMakeAdmin(groups, adminRule),
    runId,
    clock,
  };
}

export function eventMakerOptions(settings: Settings, validators = new Validators()): EventMakerOptions {
  const { mfaRule, adminRule, onLookupFailure, lookups, risk, riskRules } = settings;
  const { dialect, schema } = chosenDialect(settings);
  const rules = { mfaRule, adminRule, onLookupFailure, lookups, riskRules: risk ? riskRules : undefined };
  const mappedPaths = mappingRules(settings).map(({ to }) => to);
  return { dialect, validate: validators.of(withPaths(schema, mappedPaths)), mappedPaths, ...rules };
}

function createPostureJudge({ mfaRule, adminRule, lookups, redact }: Settings): JudgePosture {
  const readsUserType = redact?.get('userType') !== 'hash';
  return createJudge({ mfaRule, adminRule, lookups, readsUserType });
}

/** May a last known answer stand in for a lookup that failed? */
export function createStillGood({ maxAnswerAgeSeconds }: Settings): InventoryOptions['isStillGood'] {
  return (readAt, askedAt) => askedAt - readAt <= maxAnswerAgeSeconds * 1000;
}

export function chosenDialect({ dialect, oktaBaseUrl, orgLabel, rawData: carriesRaw }: Settings) {
  return dialectNamed(dialect, { tenantUid: new URL(oktaBaseUrl).host, orgLabel, carriesRaw });
}
