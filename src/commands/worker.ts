import * as z from 'zod';
import { define } from './define.ts';

export const worker = define({
  name: 'worker',
  summary: 'a run when due, health and metrics over HTTP, until told to stop',
  options: [],
  schema: z.object({ config: z.string().exactOptional() }),
  needsSink: true,
  body: async (prepared, options) => {
    // A SIGHUP may come while the code is loaded. It needs no answer: the first run reads the settings anyway.
    prepared.world.onHangUp(() => undefined);
    return (await import('./bodies/worker.ts')).runWorker(prepared, options);
  },
});
