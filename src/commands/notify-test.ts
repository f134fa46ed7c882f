import * as z from 'zod';
import { define } from './define.ts';

export const notifyTest = define({
  name: 'notify-test',
  summary: 'sends one marked message to ALERT_WEBHOOK_URL and says what came back',
  options: [],
  schema: z.object({}),
  needsSink: false,
  isLocal: true,
  needsOrg: false,
  body: async (prepared) => (await import('./bodies/notify-test.ts')).runNotifyTest(prepared),
});
