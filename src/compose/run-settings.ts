import type { Settings } from '../settings/load.ts';
import { credentialOf } from '../settings/credential.ts';
import { inWindow } from '../settings/schedule-values.ts';
import type { RunSettings, Scope } from '../sync/job.ts';
import { fingerprintOf } from './fingerprints.ts';
import { sealCredential } from './seal-credential.ts';
import { isSelecting, wantsDeprovisioned } from './shaping.ts';

/** The wishes of a command for its run. */
export interface RunRequest {
  readonly mode?: 'full' | 'incremental' | 'marks';
  /** A full run believes answers that the System Log vouches for; without `mode` it does anyway. */
  readonly vouched?: boolean;
  readonly acceptsRemovals?: boolean;
  readonly resends?: boolean;
  /** Absent: true. */
  readonly isLasting?: boolean;
}

/** The settings that shape a run, in its own units. */
export function runSettings(settings: Settings, scope: Scope, request: RunRequest): RunSettings {
  return {
    host: new URL(settings.oktaBaseUrl).host,
    scope,
    isLasting: request.isLasting ?? true,
    mode: request.mode,
    lookups: settings.lookups,
    assets: settings.assets,
    appUsers: settings.appUsers,
    includeDeprovisioned: wantsDeprovisioned(settings),
    width: settings.oktaMaxConcurrency,
    fullIntervalMs: settings.fullSyncIntervalSeconds * 1000,
    mayStartFull: fullWindowOf(settings),
    frequencyMs: settings.frequencySeconds * 1000,
    verifyMs: settings.verifyAnswersSeconds * 1000,
    maxDrift: settings.maxDrift,
    policyRecheckMs: settings.policyRecheckSeconds * 1000,
    asksEverybody:
      settings.verifyAnswersSeconds === 0 || (request.mode === 'full' && request.vouched !== true),
    delivery: settings.delivery,
    resendIntervalMs: settings.resendIntervalSeconds * 1000,
    verifyGroupRolesEvery: settings.verifyGroupRoles,
    maxRemovals: settings.maxRemovals,
    acceptsRemovals: request.acceptsRemovals ?? false,
    resends: request.resends ?? false,
    isSelecting: isSelecting(settings),
    eventSettings: fingerprintOf('event', settings),
    askedSettings: fingerprintOf('asked', settings),
    keptSettings: fingerprintOf('kept', settings),
    sealCredential: (kept) => sealCredential(credentialOf(settings), kept),
  };
}

function fullWindowOf({ fullSyncWindow, scheduleTimeZone }: Settings): RunSettings['mayStartFull'] {
  return fullSyncWindow === undefined ? () => true : inWindow(fullSyncWindow, scheduleTimeZone);
}
