import type { Settings } from '../settings/load.ts';
import { groupsMakeAdmin } from '../enrich/admin.ts';
import { createJudge, type JudgePosture } from '../enrich/posture.ts';
import type { InventoryOptions } from '../inventory/store.ts';
import { deviceForm } from '../assets/devices/event.ts';
import type { OfficialOptions } from '../ocsf/official/row.ts';
import type { EventStamp } from '../ports/events.ts';
import { dialectNamed } from '../ocsf/dialects.ts';
import { createAssetEventMaker, createEventMaker, type EventMakerOptions } from '../ocsf/make-event.ts';
import { DEVICES, USERS } from '../sinks/sekoia/name.ts';
import { withPaths } from '../shaping/event-paths.ts';
import type { World } from '../process/world.ts';
import { mappingRules, createRedactorFor, isSelecting } from './shaping.ts';
import { Validators } from './validators.ts';

/** The options by which the inventory makes events: the dialect and the rules that the settings choose. */
export function inventoryOptions(
  settings: Settings,
  { clock, newId }: Pick<World, 'clock' | 'newId'>,
  { runId, validators }: { readonly runId: string; readonly validators: Validators },
): InventoryOptions {
  const options = eventMakerOptions(settings, validators);
  const { dialect, adminRule } = options;
  const stamp = (): EventStamp => ({ uid: newId(), runId, loggedAt: clock.now() });
  return {
    sink: USERS.key,
    makeEvent: createEventMaker(options),
    stampEvent: (body) => dialect.stamp(body, stamp()),
    isStillGood: createStillGood(settings),
    redaction: createRedactorFor(settings),
    judge: createPostureJudge(settings),
    // Where neither the event nor a graph lists roles, one role that makes the user Admin is enough.
    decidesAdmin:
      dialect.sendsRoleList || settings.assets.size > 0
        ? undefined
        : (groups) => groupsMakeAdmin(groups, adminRule),
    devices: deviceEventOptions(settings, validators, stamp),
    isSelecting: isSelecting(settings),
    runId,
    clock,
  };
}

/** Events of devices, where any are read; absent: none are made. */
function deviceEventOptions(
  settings: Settings,
  validators: Validators,
  stamp: () => EventStamp,
): InventoryOptions['devices'] {
  if (!settings.assets.has('devices')) return undefined;
  const form = deviceForm(settings.dialect, officialOptions(settings));
  return {
    sink: DEVICES.key,
    makeEvent: createAssetEventMaker(form, validators.of(form.schema)),
    stampEvent: (body) => form.stamp(body, stamp()),
  };
}

export function eventMakerOptions(settings: Settings, validators = new Validators()): EventMakerOptions {
  const { mfaRule, adminRule, onLookupFailure, lookups, risk, riskRules, assets } = settings;
  const { dialect, schema } = chosenDialect(settings);
  const rules = {
    mfaRule,
    adminRule,
    onLookupFailure,
    lookups,
    riskRules: risk ? riskRules : undefined,
    wantsOwnRoles: assets.size > 0,
  };
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

export function chosenDialect(settings: Settings) {
  return dialectNamed(settings.dialect, officialOptions(settings));
}

export function officialOptions({
  assets,
  oktaBaseUrl,
  orgLabel,
  rawData: carriesRaw,
}: Settings): OfficialOptions {
  const namesDevices = assets.has('devices');
  return { tenantUid: new URL(oktaBaseUrl).host, orgLabel, carriesRaw, namesDevices };
}
