import { describe, expect, test } from 'vitest';
import { loadSettings } from './load.ts';
import { cronExpression, dailyWindow, inWindow, nextFiring, timeZone } from './schedule-values.ts';

describe('settings, schedule', () => {
  test.each(['*/5 * * * *', '0 2 * * MON-FRI', '15 */2 * * *', '@daily', '@hourly', '0 0 29 2 *'])(
    'takes %s',
    (text) => {
      expect(cronExpression(text)).toEqual({ kind: 'right', value: text });
    },
  );

  test.each([
    ['*/10 * * * * *', 'has more than five fields: a run starts at most once a minute'],
    ['0 0 30 2 *', 'never fires'],
    ['61 * * * *', 'is no cron expression'],
    ['often', 'is no cron expression'],
    ['2026-12-01T00:00:00', 'is no cron expression'],
    ['@reboot', 'is no cron expression'],
    ['@often', 'is no cron expression'],
  ])('refuses %s', (text, problem) => {
    expect(cronExpression(text)).toMatchObject({ kind: 'wrong', problem });
  });

  test('every few minutes goes on at its rate in the hour that comes twice; a time of day comes once', () => {
    const from = Date.parse('2026-10-25T00:00:00Z');
    const firings = (schedule: string, count: number): string[] => {
      const found: number[] = [];
      for (let at = from; found.length < count; found.push(at))
        at = nextFiring({ schedule, scheduleTimeZone: 'Europe/Berlin' }, at);
      return found.map((at) => new Date(at).toISOString().slice(11, 16));
    };

    expect(firings('*/30 * * * *', 5)).toEqual(['00:30', '01:00', '01:30', '02:00', '02:30']);
    expect(firings('30 2,14 * * *', 2)).toEqual(['00:30', '13:30']);
  });

  test.each([
    ['Europe/Paris', 'Europe/Paris'],
    ['europe/paris', 'Europe/Paris'],
    ['UTC', 'UTC'],
  ])('takes the time zone %s', (text, value) => {
    expect(timeZone(text)).toEqual({ kind: 'right', value });
  });

  test.each(['Mars/Olympus', '+02:00', '2'])('refuses the time zone %s', (text) => {
    expect(timeZone(text)).toMatchObject({ kind: 'wrong', problem: 'is no time zone' });
  });

  test.each([
    ['22:00-05:00', 1320, 300],
    ['1:30 - 4:00', 90, 240],
    ['22:00-00:00', 1320, 0],
  ])('takes the window %s', (text, from, to) => {
    expect(dailyWindow(text)).toEqual({ kind: 'right', value: { from, to } });
  });

  test.each(['22:00', '22-05', '24:00-05:00', '22:60-05:00', 'night'])('refuses the window %s', (text) => {
    expect(dailyWindow(text)).toMatchObject({
      kind: 'wrong',
      problem: 'must be two times of day, with a hyphen between them',
    });
  });

  test('refuses a window of no length', () => {
    expect(dailyWindow('22:00-22:00')).toMatchObject({ kind: 'wrong', problem: 'is a window of no length' });
  });

  test('a window may cross midnight, and counts by the clocks of its time zone', () => {
    const night = inWindow({ from: 1320, to: 300 }, 'Europe/Paris');
    const day = inWindow({ from: 540, to: 1020 }, 'UTC');
    const at = (hour: string): number => Date.parse(`2026-08-01T${hour}:00Z`);

    expect(['19:59', '20:00', '23:30', '02:59', '03:00'].map((hour) => night(at(hour)))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(['08:59', '09:00', '16:59', '17:00'].map((hour) => day(at(hour)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('SCHEDULE and FREQUENCY together are a mistake', () => {
    const env = {
      OKTA_BASE_URL: 'https://acme.okta.com',
      OKTA_API_TOKEN: '00token',
      SCHEDULE: '@daily',
      FREQUENCY: '60',
    };

    expect(() => loadSettings(env, { requireSink: false })).toThrow(
      'SCHEDULE: is set together with FREQUENCY - keep one of the two',
    );
  });
});
