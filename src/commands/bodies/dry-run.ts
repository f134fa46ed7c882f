import { composeDryRun } from '../../compose/compose.ts';
import { LastingParts } from '../../compose/lasting-parts.ts';
import { EXIT_DONE, EXIT_FAILED } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import type { Sink } from '../../ports/sink.ts';
import { sync } from '../../sync/sync.ts';
import type { Scope } from '../../sync/job.ts';
import type { Prepared } from '../../compose/prepare.ts';
import type { World } from '../../process/world.ts';
import { exitCodeOfRun, tellRunFailure } from './run-end.ts';

export interface DryRunOptions {
  readonly limit?: number;
  readonly user?: string;
  readonly pretty: boolean;
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

/** Reads and prints events; pushes nothing, stores nothing. Resolves with the exit code. */
export async function runDryRun(prepared: Prepared, options: DryRunOptions): Promise<number> {
  const { world } = prepared;
  const scope = scopeOf(options);
  const sink = createPrinter(world, options.pretty);
  const lasting = new LastingParts(world);
  try {
    const { job, close } = await composeDryRun(prepared, lasting, { scope, sink });
    const end = await sync(job).finally(close);
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
