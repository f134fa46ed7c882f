import * as z from 'zod';

const Run = z.strictObject({
  kind: z.literal('run'),
  mode: z.enum(['full', 'incremental']).exactOptional(),
  vouched: z.boolean().exactOptional(),
  acceptsRemovals: z.boolean().exactOptional(),
});
const Wish = z.discriminatedUnion('kind', [Run, z.strictObject({ kind: z.literal('replay') })]);

/** A request to one worker: it is void for any other, so that what a kill has left is never done later. */
export const WorkerRequest = z.strictObject({
  /** The worker, as the inventory's lock names it. */
  worker: z.string(),
  /** Somebody waits for an answer. */
  isAwaited: z.boolean(),
  wish: Wish,
});

export type WorkerRequest = z.output<typeof WorkerRequest>;

/** The work that a command wants the worker to do in its place. */
export type WorkerWish = z.output<typeof Wish>;
export type WantedRun = Omit<z.output<typeof Run>, 'kind'>;

/** The outcome, in the form in which the command prints it. */
export const WorkerAnswer = z.object({
  exitCode: z.int().min(0).max(255),
  /** Lines for people. */
  told: z.array(z.string()),
  /** The report of the run, or the counts of the replay; absent where there are none. */
  result: z.unknown(),
});
export type WorkerAnswer = z.output<typeof WorkerAnswer>;

/** One run that gives each of these requests what it wants: more rather than less. */
export function mergeRuns(wanted: readonly WantedRun[]): WantedRun {
  const modes = wanted.map(({ mode }) => mode);
  const full = wanted.filter(({ mode }) => mode === 'full');
  const acceptsRemovals = wanted.some((each) => each.acceptsRemovals === true);
  return {
    ...(full.length > 0 ? { mode: 'full', vouched: full.every(({ vouched }) => vouched === true) } : {}),
    ...(modes.every((mode) => mode === 'incremental') ? { mode: 'incremental' } : {}),
    acceptsRemovals,
  };
}
