/** A simulated org and intake in a process of their own, so that they take no time from what is measured. */
import {
  createOrg,
  startIntakeServer,
  startOktaServer,
  type IntakeServer,
  type OktaServer,
  type OktaServerOptions,
} from '../../src/simulator/index.ts';

export interface StageRequest {
  readonly org: Parameters<typeof createOrg>[0];
  readonly okta: Pick<OktaServerOptions, 'rates' | 'latencyMs' | 'assignees'>;
}

/** The requests to the org so far. */
export interface Told {
  readonly calls: Readonly<Record<string, number>>;
  readonly tally: OktaServer['tally'];
  readonly windows: OktaServer['windows'];
}

export interface Opened {
  readonly oktaUrl: string;
  readonly intakeUrl: string;
  /** Users who can have factors. */
  readonly active: number;
  readonly groups: number;
}

let servers: { readonly okta: OktaServer; readonly intake: IntakeServer } | undefined;

process.on('message', (message: StageRequest | 'tell') => {
  if (message === 'tell') process.send?.(tell());
  else void open(message).then((opened) => process.send?.(opened));
});
process.on('disconnect', () => process.exit(0));

async function open(request: StageRequest): Promise<Opened> {
  const org = createOrg(request.org);
  const okta = await startOktaServer(org, request.okta);
  const intake = await startIntakeServer({ keeps: 'nothing' });
  servers = { okta, intake };
  return {
    oktaUrl: okta.url,
    intakeUrl: intake.url,
    active: org.users.filter(({ status }) => status !== 'DEPROVISIONED').length,
    groups: org.groups.length,
  };
}

function tell(): Told | undefined {
  if (servers === undefined) return undefined;
  const { calls, tally, windows } = servers.okta;
  return { calls: Object.fromEntries(calls), tally, windows };
}
