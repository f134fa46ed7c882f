import * as z from 'zod';
import { defineLone } from './define.ts';

export const demo = defineLone({
  name: 'demo',
  summary: 'the main job from end to end against a simulated org and intake on this machine',
  options: [],
  schema: z.unknown(),
  body: async (world) => (await import('./bodies/demo.ts')).runDemo(world),
});
