import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Ended } from './whole-job/launch.fixture.ts';
import { test, type Stage } from './whole-job/stage.fixture.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../docs/shaping.md'), 'utf8');

interface Example {
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  /** Lines that must be printed, in this order; others may stand between them. */
  readonly lines: readonly string[];
}

/** `NAME='a value' okta-ocsf command --option`. */
function readCommand(command: string): Pick<Example, 'env' | 'argv'> {
  const words = [...command.matchAll(/(?:[^\s']|'[^']*')+/gu)].map(([word]) => word.replaceAll("'", ''));
  const at = words.indexOf('okta-ocsf');
  const env = words.slice(0, at).map((word) => {
    const [name = '', ...value] = word.split('=');
    return [name, value.join('=')];
  });
  return { env: Object.fromEntries(env), argv: words.slice(at + 1) };
}

function readExamples(): readonly (readonly Example[])[] {
  const blocks = [...TEXT.matchAll(/```console\n(.*?)```/gsu)].map(([, block = '']) => block);
  return blocks.map((block) =>
    block.split(/^\$ /mu).flatMap((each): Example[] => {
      const [command = '', ...lines] = each.trimEnd().split('\n');
      return command === '' ? [] : [{ ...readCommand(command), lines }];
    }),
  );
}

/** `<...>` stands for anything. */
function patternOf(line: string): RegExp {
  const parts = line.split('<...>').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 'u');
}

function expectLines({ stdout, stderr }: Ended, lines: readonly string[]): void {
  const printed = `${stdout}\n${stderr}`.split('\n');
  let from = 0;
  for (const line of lines) {
    const at = printed.findIndex((each, index) => index >= from && patternOf(line).test(each));
    expect(at, `${line}\nis not among\n${printed.slice(from).join('\n')}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}

async function runAll(stage: Stage, examples: readonly Example[]): Promise<void> {
  for (const { env, argv, lines } of examples) expectLines(await stage.run(argv, { env }), lines);
}

describe('docs, shaping: docs/shaping.md', () => {
  test('holds an example of each feature', () => {
    const commands = readExamples().flatMap((block) =>
      block.map(({ env, argv }) => `${Object.keys(env).join(' ')} ${argv[0]}`),
    );

    expect(commands.join('\n')).toMatch(/INCLUDE_GROUPS[^]*REDACT[^]*MAPPING_FILE[^]*explain[^]*compare/u);
  });

  test('shows what really happens', async ({ makeStage }) => {
    const stage = await makeStage();
    await stage.run(['sync']);

    for (const block of readExamples()) await runAll(stage, block);
  });

  test('shows the example files as they are', () => {
    const [, shown] = /# docs\/examples\/mapping\.yaml\n(.*?)```/su.exec(TEXT) ?? [];

    expect(shown).toBe(readFileSync(join(import.meta.dirname, '../docs/examples/mapping.yaml'), 'utf8'));
  });
});

describe('docs, shaping: what is redacted', () => {
  test('is neither sent nor kept, and not asked for again by another login', async ({ makeStage }) => {
    const { org, run, intake, stateDir } = await makeStage();
    const [user] = org.users;
    const profile = user === undefined ? {} : org.profile(user);
    const login = JSON.stringify(profile['login']).slice(1, -1);
    const env = {
      DIALECT: 'ocsf-1.6.0',
      RAW_DATA: 'true',
      REDACT: 'login=hash,email=hash,full_name=drop,display_name=drop',
      REDACT_KEY: 'k'.repeat(32),
    };
    await run(['sync'], { env: { ...env, REDACT: 'title=drop' } });

    const { code } = await run(['sync'], { env });

    const sent = JSON.stringify([...intake.latestByUid().values()]);
    const kept = readdirSync(stateDir).map((name) => readFileSync(join(stateDir, name)).toString('latin1'));
    expect(code).toBe(0);
    expect(sent).toContain(user?.id);
    expect(sent).not.toContain(login);
    expect(kept.join('\n')).not.toContain(login);
    expect((await run(['explain', login], { env })).stdout).toContain(`(${user?.id})`);
  });
});

describe('docs, shaping: who leaves the selection', () => {
  test('is forgotten without an event and counted', async ({ makeStage }) => {
    const { run } = await makeStage();
    await run(['sync']);

    const { stdout } = await run(['sync'], { env: { INCLUDE_GROUPS: 'Payroll 2' } });

    expect(JSON.parse(stdout).users).toMatchObject({
      listed: 13,
      emitted: 0,
      removed: 0,
      left_selection: 10,
    });
  });
});
