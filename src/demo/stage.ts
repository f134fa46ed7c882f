import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENDPOINTS } from '../okta/endpoints.ts';
import { ConfigError } from '../ports/errors.ts';
import {
  connectionSettings,
  createOrg,
  INTAKE_FAULTS,
  OKTA_FAULTS,
  startIntakeServer,
  startOktaServer,
  type IntakeServer,
  type OktaServer,
  type SimulatedOrg,
} from '../simulator/index.ts';
import { chooseCast, type Cast } from './cast.ts';

const SEED = 4;
const USERS = 300;
export const OKTA_FAULT_RATE = 0.02;
export const INTAKE_FAULT_RATE = 0.05;
/** Makes the intake store the fifth batch and lose its confirmation. */
const INTAKE_FAULT_SEED = 25;
/** Okta's limits count by the minute; here a minute passes in so many seconds. */
export const MINUTE_SECONDS = 3;
/** Small, so that there are several batches though there are few users. */
const BATCH_SIZE = '25';

/** Everything a demo runs against, on this machine. */
export interface Stage {
  readonly org: SimulatedOrg;
  readonly cast: Cast;
  readonly intake: IntakeServer;
  /** The settings to connect to them. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes everything that the stage has made. */
  readonly close: () => Promise<void>;
}

export async function setStage(): Promise<Stage> {
  const org = createOrg({
    seed: SEED,
    users: USERS,
    groups: 40,
    adminGroups: 3,
    oddUsers: true,
    apps: 8,
    usersPerApp: 40,
  });
  const cast = chooseCast(org);
  const okta = await startOkta(org, cast);
  const intake = await startIntake();
  const stateDir = makeStateDir();
  const close = async (): Promise<void> => {
    await Promise.all([okta.close(), intake.close()]);
    rmSync(stateDir, { recursive: true, force: true });
  };
  const env = {
    ...connectionSettings(okta, intake),
    BATCH_SIZE,
    ASSETS: 'groups,apps,app-users',
    STATE_DIR: stateDir,
  };
  return { org, cast, intake, env, close };
}

function startOkta(org: SimulatedOrg, { unreadable, unreadableToo, refused }: Cast): Promise<OktaServer> {
  return startOktaServer(org, {
    rates: { windowSeconds: MINUTE_SECONDS },
    latencyMs: [2, 30],
    // A hang would last as long as the client is patient: a minute.
    faults: { rate: OKTA_FAULT_RATE, kinds: OKTA_FAULTS.filter((kind) => kind !== 'hang') },
    refuse: [
      {
        template: ENDPOINTS.factorsOfUser.template,
        only: (id) => id === unreadable.id || id === unreadableToo.id,
        status: 500,
      },
      { template: ENDPOINTS.factorsOfUser.template, only: (id) => id === refused.id, status: 403 },
    ],
  });
}

function startIntake(): Promise<IntakeServer> {
  return startIntakeServer({
    keeps: 'latest',
    faults: {
      rate: INTAKE_FAULT_RATE,
      kinds: INTAKE_FAULTS.filter((kind) => kind !== 'hang'),
      seed: INTAKE_FAULT_SEED,
    },
    faultsFollow: 'order',
  });
}

function makeStateDir(): string {
  const folder = tmpdir();
  try {
    return mkdtempSync(join(folder, 'okta-ocsf-demo-'));
  } catch (thrown) {
    const problem = `${folder} cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    throw new ConfigError([{ name: 'TMPDIR', problem, hint: 'for example TMPDIR=/dev/shm' }]);
  }
}
