import { describe, expect } from 'vitest';
import { test as stageTest } from '../whole-job/stage.fixture.ts';
import { makeServiceApp } from '../whole-job/service-app.fixture.ts';
import { changing } from './changing-stage.fixture.ts';

const ALL = ['okta.users.read', 'okta.groups.read', 'okta.roles.read', 'okta.logs.read'];
const LESS = ALL.filter((scope) => scope !== 'okta.roles.read');
const FACTORS = '/api/v1/users/{id}/factors';
const AS_VOUCHED = { VERIFY_ANSWERS: '31536000' };

const test = stageTest.extend('appStage', async ({ makeStage }) => {
  let ahead = 0;
  let onRequest = (_template: string): void => undefined;
  const { oauth, env: app } = makeServiceApp({ grantedScopes: ALL });
  const stage = changing(
    await makeStage({
      org: { users: 90 },
      okta: {
        oauth,
        now: () => Date.now() + ahead,
        onRequest: ({ template }) => onRequest(template),
      },
    }),
  );
  const env = { ...app, ...AS_VOUCHED };
  return {
    ...stage,
    env,
    grant: (grantedScopes: readonly string[]) => Object.assign(oauth, { grantedScopes }),
    /** Starts a full run that asks everybody, kills it after so many of its calls for factors, and lets a minute pass. */
    killFullRun: async (after: number): Promise<void> => {
      const child = stage.start(['sync', '--full'], { env });
      let asked = 0;
      onRequest = (template) => {
        if (template === FACTORS && ++asked === after) child.kill('SIGKILL');
      };
      await child.ended;
      onRequest = () => undefined;
      ahead += 60_000;
    },
  };
});

describe('an interrupted full run that read with other scopes', () => {
  test('begins anew, and asks again what it had asked', async ({ appStage: stage }) => {
    const first = await stage.sync([], stage.env);
    stage.grant(LESS);
    await stage.killFullRun(60);
    stage.grant(ALL);

    const { report } = await stage.sync([], stage.env);

    expect(report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(report.vouched?.factors?.asked).toBe(first.report.vouched?.factors?.asked);
    stage.expectTruth();
    expect((await stage.sync(['--full', '--vouched'], stage.env)).report.vouched?.factors?.asked).toBe(0);
  });

  test('does not go on after an incremental run with the new ones', async ({ appStage: stage }) => {
    const first = await stage.sync([], stage.env);
    await stage.killFullRun(60);
    stage.grant(LESS);
    const beside = await stage.sync(['--incremental'], stage.env);

    const { report } = await stage.sync(['--incremental'], stage.env);

    expect(beside.report.mode).toBe('incremental');
    expect(report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(report.vouched?.factors?.asked).toBe(first.report.vouched?.factors?.asked);
    expect(report.notes).toContainEqual(expect.stringMatching(/another credential, or with other scopes/));
  });
});

describe('another credential that sees as much', () => {
  test('costs one run that asks everybody, and the report says why', async ({ appStage: stage }) => {
    const first = await stage.sync([], AS_VOUCHED);
    const before = await stage.sync(['--full', '--vouched'], AS_VOUCHED);

    const other = await stage.sync(['--full', '--vouched'], stage.env);

    expect(before.report.vouched?.factors?.asked).toBe(0);
    expect(other.report.vouched?.factors).toMatchObject({
      vouched: 0,
      asked: first.report.vouched?.factors?.asked,
    });
    expect(other.report.notes).toContainEqual(
      expect.stringMatching(/another credential.*this run asks everybody/),
    );
    const after = await stage.sync(['--full', '--vouched'], stage.env);
    expect(after.report.vouched?.factors?.asked).toBe(0);
    expect(after.report.notes).toBeUndefined();
  });
});
