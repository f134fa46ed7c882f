import { facts } from './facts.ts';
import { fromText } from './parsed.ts';
import * as values from './schedule-values.ts';
import { A_YEAR_SECONDS, share, wholeNumber } from './values.ts';

/** The settings that say when runs start, and what they may spend then. */
export const SCHEDULE_SETTINGS = {
  frequencySeconds: fromText(wholeNumber(1, A_YEAR_SECONDS)).register(facts, {
    name: 'FREQUENCY',
    default: '1200',
    description: 'seconds between starts of runs in worker',
    example: '1200',
  }),
  schedule: fromText(values.cronExpression).optional().register(facts, {
    name: 'SCHEDULE',
    description: 'when runs start in worker, instead of every FREQUENCY seconds',
    allowed: 'a cron expression of five fields, or @hourly, @daily, @weekly, @monthly',
    example: '15 */2 * * *',
  }),
  scheduleTimeZone: fromText(values.timeZone).register(facts, {
    name: 'SCHEDULE_TIME_ZONE',
    decides: ['connection'],
    effect: {
      words: 'with SCHEDULE or FULL_SYNC_WINDOW',
      holds: (textOf) => textOf('SCHEDULE') !== '' || textOf('FULL_SYNC_WINDOW') !== '',
    },
    default: 'UTC',
    description: 'the time zone of SCHEDULE and FULL_SYNC_WINDOW',
    allowed: 'a name of the IANA list',
    example: 'Europe/Paris',
  }),
  fullSyncWindow: fromText(values.dailyWindow)
    .optional()
    .register(facts, {
      name: 'FULL_SYNC_WINDOW',
      decides: ['connection'],
      description:
        'a full run that FULL_SYNC_INTERVAL makes due starts only in this part of the day, unless the last one ended two intervals ago',
      allowed: 'two times of day, with a hyphen between them; may cross midnight',
      example: '22:00-05:00',
    }),
  oktaRateLimitShareWindow: fromText(share)
    .optional()
    .register(facts, {
      name: 'OKTA_RATE_LIMIT_SHARE_WINDOW',
      decides: ['connection'],
      effect: { words: 'with FULL_SYNC_WINDOW', holds: (textOf) => textOf('FULL_SYNC_WINDOW') !== '' },
      description:
        'in FULL_SYNC_WINDOW this counts instead of OKTA_RATE_LIMIT_SHARE, also for a run under way',
      allowed: 'a part over 0 up to 1',
      example: '0.8',
    }),
};
