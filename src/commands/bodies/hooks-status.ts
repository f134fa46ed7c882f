import { hookTypes, type EventHook, type HooksDoor } from '../../compose/hooks/registration.ts';
import type { PreparedCommand } from '../../compose/prepare.ts';
import { ConnectorError } from '../../ports/errors.ts';
import { JSON_VERSION } from '../../ports/json-output.ts';
import type { HooksStatus } from './hooks-json.ts';

/** Okta's limits of an org: active verified hooks, and events of all of them in 24 hours. */
export const MOST_HOOKS = 25;
const MOST_EVENTS = 400_000;
const WARNED_EVENTS = 280_000;

export const NOT_ACTIVE =
  'the hook is not active, so Okta does not call it: okta-ocsf hooks create --url ... activates it';
const NOT_VERIFIED = {
  no: 'the hook is not verified, so Okta does not call it: run okta-ocsf hooks verify',
  unknown: 'Okta does not say whether the hook is verified: okta-ocsf hooks verify finds out',
};

interface HookInOrg {
  /** The hooks of the org. */
  readonly all: readonly EventHook[];
  /** The one that is meant; `undefined`: it is not there. */
  readonly hook: EventHook | undefined;
  /** The types that it should have. */
  readonly wanted: readonly string[];
}

/** The state of a hook, and its traffic. */
export async function statusOf(
  { settings }: PreparedCommand,
  { traffic }: HooksDoor,
  { all, hook, wanted }: HookInOrg,
): Promise<HooksStatus> {
  const used = new Set(hookTypes(settings).flatMap(({ type, isUsed }) => (isUsed ? [type] : [])));
  const told = hook === undefined ? undefined : await traffic(hook);
  const lastDay = told === undefined || told instanceof ConnectorError ? undefined : told;
  const shared = {
    version: JSON_VERSION,
    org: new URL(settings.oktaBaseUrl).host,
    hooks: {
      active: inUse(all),
      most: MOST_HOOKS,
    },
    last_day:
      lastDay === undefined
        ? null
        : {
            matching: { count: lastDay.matching.count, estimated: lastDay.matching.isEstimate },
            most: MOST_EVENTS,
            failed: { count: lastDay.failed.count, estimated: lastDay.failed.isEstimate },
          },
  } as const;
  return {
    ...shared,
    ...factsOf(hook),
    missing: hook === undefined ? [] : wanted.filter((type) => !hook.types.includes(type)),
    superfluous: (hook?.types ?? []).filter((type) => !used.has(type)),
    notes: [...(hook === undefined ? [] : stateNotes(hook, settings.hookHeader)), ...trafficNotes(told)],
  };
}

function stateNotes({ isActive, isVerified, header }: EventHook, wanted: string): readonly string[] {
  return [
    ...(isActive ? [] : [NOT_ACTIVE]),
    ...(isVerified === true ? [] : [isVerified === false ? NOT_VERIFIED.no : NOT_VERIFIED.unknown]),
    ...(header === wanted
      ? []
      : [`the hook sends its secret in ${header ?? 'no header'}, the worker reads ${wanted}`]),
  ];
}

function trafficNotes(told: Awaited<ReturnType<HooksDoor['traffic']>> | undefined): readonly string[] {
  if (told instanceof ConnectorError)
    return [`events and deliveries are not counted, since the System Log could not be read: ${told.message}`];
  if (told === undefined || told.matching.count <= WARNED_EVENTS) return [];
  return ['more than 280,000 events a day: at 400,000 Okta stops sending, and repeats none of them'];
}

/** Okta counts those that it calls. */
export function inUse(all: readonly EventHook[]): number {
  return all.filter(({ isActive, isVerified }) => isActive && isVerified === true).length;
}

/** The hook as JSON outputs have it; all is empty where there is none. */
export function factsOf(hook: EventHook | undefined) {
  return {
    id: hook?.id ?? null,
    name: hook?.name ?? null,
    url: hook?.url ?? null,
    active: hook?.isActive ?? false,
    verified: hook?.isVerified === true,
    types: hook?.types ?? [],
  };
}
