import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test as plain } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { test as staged } from '../whole-job/stage.fixture.ts';
import { queries } from './dashboard.ts';
import { hasProgram, promtool, startPrometheus } from './prometheus.fixture.ts';

const FOLDER = new URL('../../deploy/prometheus/', import.meta.url);
const RULES = fileURLToPath(new URL('rules.yml', FOLDER));
const TEST_FILES = ['rules.test.yml', 'rules-of-days.test.yml', 'rules-of-months.test.yml'];

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          labels: z.object({ severity: z.enum(['info', 'warning', 'critical']) }),
          annotations: z.object({ summary: z.string(), description: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});
const RuleTests = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })),
    }),
  ),
});

function read<T>(schema: z.ZodType<T>, name: string): T {
  return schema.parse(parse(readFileSync(new URL(name, FOLDER), 'utf8')));
}
const alerts = read(Rules, 'rules.yml').groups.flatMap(({ rules }) => rules);

plain('deploy, rules: each alert has a test in which it does not fire, fires, and resolves', () => {
  const told = TEST_FILES.flatMap((name) => read(RuleTests, name).tests).flatMap(
    (each) => each.alert_rule_test,
  );
  const courseOf = (alert: string): string =>
    told
      .filter(({ alertname }) => alertname === alert)
      .map(({ exp_alerts: fired }) => (fired.length > 0 ? 'fires' : 'rests'))
      .join(' ');

  expect(alerts.length).toBeGreaterThan(10);
  expect(alerts.filter(({ alert }) => !/rests fires rests/.test(courseOf(alert)))).toEqual([]);
});

plain('deploy, rules: each alert leads to its section of docs/operations.md', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const sections = [...page.matchAll(/^### (OktaOcsf\w+)$/gmu)].map(([, name]) => name);

  expect(sections).toEqual(alerts.map(({ alert }) => alert));
  expect(alerts.map(({ annotations }) => annotations.runbook)).toEqual(
    alerts.map(({ alert }) => `docs/operations.md#${alert.toLowerCase()}`),
  );
});

plain.skipIf(!hasProgram('promtool'))(
  'deploy, rules: pass promtool and their own tests (needs promtool of the package prometheus)',
  async () => {
    const checked = await promtool(['check', 'rules', RULES]);
    const tested = await promtool([
      'test',
      'rules',
      ...TEST_FILES.map((name) => fileURLToPath(new URL(name, FOLDER))),
    ]);

    expect(checked).toMatchObject({
      code: 0,
      output: expect.stringContaining(`${alerts.length} rules found`),
    });
    expect(tested).toMatchObject({ code: 0, output: expect.stringContaining('SUCCESS') });
  },
  60_000,
);

/** Panels whose queries give no series in a short, healthy life of a worker, and why. */
const WITHOUT_SERIES: Readonly<Record<string, string>> = {
  'run users': 'shows during a run only, which a scrape may miss',
  'run users expected': 'shows during a run only, which a scrape may miss',
  'run calls left': 'shows during a run only, which a scrape may miss',
  'run seconds left': 'shows during a run only, which a scrape may miss',
  gaps: 'every answer is known',
  'okta rate limited': 'no call is refused',
  'alert rows': 'there are no rules',
  'hook requests': 'there is no HOOK_PORT',
  'hook events': 'there is no HOOK_PORT',
  'hook lag': 'there is no HOOK_PORT',
  'hook to delivery': 'there is no HOOK_PORT',
  'outbox oldest': 'the intake confirms at once',
};

staged.skipIf(!hasProgram('promtool') || !hasProgram('prometheus'))(
  'deploy: a real Prometheus scrapes a worker for 20 s, and every query of the dashboard gives a series or has a reason not to (needs the package prometheus)',
  async ({ makeStage, expect }) => {
    const stage = await makeStage({});
    const worker = stage.start(['worker'], { env: { LOG_LEVEL: 'info', HTTP_PORT: '0', FREQUENCY: '1' } });
    const urlOf = (): string | undefined => /"url":"(http:[^"]+)"/.exec(worker.stderr())?.[1];
    await expect.poll(urlOf, { timeout: 40_000 }).toBeDefined();
    const { host, origin } = new URL(urlOf() ?? '');
    const prometheus = await startPrometheus(host, RULES);
    try {
      const scrapes = async (): Promise<number> =>
        (
          await prometheus
            .query('count_over_time(up{job="okta-ocsf"}[1m]) >= 20')
            .catch(() => ({ series: 0 }))
        ).series;
      await expect.poll(scrapes, { timeout: 60_000, interval: 500 }).toBe(1);

      const found = await Promise.all(
        queries().map(async ({ title, expr }) => {
          const concrete = expr
            .replaceAll(/"\$(job|instance)"/g, '".+"')
            .replaceAll('$__rate_interval', '20s');
          return { title, expr, ...(await prometheus.query(concrete)) };
        }),
      );
      const rules = JSON.stringify(await prometheus.get('rules'));
      const metrics = await (await fetch(`${origin}/metrics`)).text();

      expect(found.filter(({ status }) => status !== 'success')).toEqual([]);
      const silent = found.filter(({ series }) => series === 0).map(({ title }) => title);
      expect(silent.filter((title) => !Object.hasOwn(WITHOUT_SERIES, title))).toEqual([]);
      expect(rules.match(/"health":"ok"/g)).toHaveLength(alerts.length);
      expect(await promtool(['check', 'metrics'], metrics)).toEqual({ code: 0, output: '' });
    } finally {
      await prometheus.close();
    }
  },
  120_000,
);
