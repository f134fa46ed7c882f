import { assetEvents, readingFor } from '../../compose/asset-events.ts';
import { Findings } from '../../compose/findings.ts';
import { composeDryRun } from '../../compose/compose.ts';
import { LastingParts } from '../../compose/lasting-parts.ts';
import { EXIT_DONE, EXIT_FAILED } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import type { EventKind } from '../../ports/asset-facts.ts';
import type { RunEnd } from '../../ports/report.ts';
import type { Sink } from '../../ports/sink.ts';
import { sync } from '../../sync/sync.ts';
import type { Job, Scope } from '../../sync/job.ts';
import type { Prepared } from '../../compose/prepare.ts';
import type { World } from '../../process/world.ts';
import { exitCodeOfRun, tellRunFailure } from './run-end.ts';

export interface DryRunOptions {
  readonly limit?: number;
  readonly user?: string;
  readonly pretty: boolean;
  /** Kinds of assets whose events are printed after those of users. */
  readonly assets?: readonly (EventKind | 'findings')[];
}

/** stdout as a sink: one event a line, or indented. */
function createPrinter(world: World, isPretty: boolean): Sink {
  return {
    name: 'standard output',
    envelopeBytes: 0,
    refusalHint: '',
    async push(bodies) {
      for (const body of bodies) {
        await world.out(isPretty ? `${JSON.stringify(JSON.parse(body), null, 2)}\n` : `${body}\n`);
      }
      return { kind: 'accepted' };
    },
  };
}

function scopeOf({ limit, user }: DryRunOptions): Scope {
  if (user !== undefined) return { kind: 'one', idOrLogin: user };
  return limit === undefined ? { kind: 'all' } : { kind: 'first', limit };
}

async function runThenPrint(job: Job, print: () => Promise<void>): Promise<RunEnd> {
  const end = await sync(job);
  if (!job.signal.aborted) await print();
  return end;
}

async function printAssets(
  prepared: Prepared,
  lasting: LastingParts,
  job: Job,
  kind: EventKind,
  sink: Sink,
): Promise<void> {
  for await (const event of assetEvents(prepared, lasting, job, kind)) {
    job.signal.throwIfAborted();
    if ('body' in event) await sink.push([event.body]);
    else prepared.log.warn(event, 'no event can be made of an asset');
  }
}

/** Reads and prints events; pushes nothing, stores nothing. Resolves with the exit code. */
export async function runDryRun(given: Prepared, options: DryRunOptions): Promise<number> {
  const { assets = [] } = options;
  const kinds = assets.filter((kind) => kind !== 'findings');
  const findings = assets.includes('findings') ? new Findings(given) : undefined;
  const prepared = readingFor(findings?.prepared ?? given, kinds, findings !== undefined);
  const { world } = prepared;
  const scope = scopeOf(options);
  const sink = createPrinter(world, options.pretty);
  const lasting = new LastingParts(world);
  try {
    const onDecided = findings?.take;
    const { job, close } = await composeDryRun(prepared, lasting, { scope, sink, onDecided });
    const end = await runThenPrint(job, async () => {
      for (const kind of kinds) await printAssets(prepared, lasting, job, kind, sink);
      for (const body of findings?.bodies(lasting, job) ?? []) await sink.push([body]);
    }).finally(close);
    tellRunFailure(end, world);
    const selection = job.tally.notes.get('selection');
    if (selection !== undefined) world.err.write(`${selection}\n`);
    const exitCode = exitCodeOfRun(end, world, false);
    const { withoutEvent } = job.tally;
    if (scope.kind !== 'one' || exitCode !== EXIT_DONE || withoutEvent === undefined) return exitCode;
    world.err.write(`${plainText(`error: no event for --user: ${withoutEvent}`)}\n`);
    return EXIT_FAILED;
  } finally {
    lasting.close();
  }
}
