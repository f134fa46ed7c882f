import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../src/ports/report.ts';
import { connectionSettings } from '../../src/simulator/index.ts';
import type { Opened, StageRequest, Told } from './org-process.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/okta-ocsf.js');
const PEAK_MEMORY = join(import.meta.dirname, 'peak-memory.ts');
const KIBIBYTES_A_MEGABYTE = 1024;

/** The output and the cost of one process of the product. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly peakMegabytes: number;
}

export interface Stage {
  readonly opened: Opened;
  readonly run: (argv: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ran>;
  readonly tell: () => Promise<Told>;
  readonly close: () => Promise<void>;
}

/** An org and an intake in a process of their own, and the product in another for each run. */
export async function openStage(request: StageRequest): Promise<Stage> {
  const child = fork(join(import.meta.dirname, 'org-process.ts'), { execArgv: [] });
  const ask = async (message: StageRequest | 'tell') => {
    child.send(message);
    const [answer] = await once(child, 'message');
    return answer;
  };
  const opened: Opened = await ask(request);
  const stateDir = await mkdtemp(join(tmpdir(), 'okta-ocsf-bench-'));
  const base = {
    ...connectionSettings({ url: opened.oktaUrl }, { url: opened.intakeUrl }),
    STATE_DIR: stateDir,
    LOG_LEVEL: 'warn',
    NODE_COMPILE_CACHE: join(tmpdir(), 'okta-ocsf-bench-compiled'),
  };
  return {
    opened,
    run: (argv, env = {}) => run(argv, { ...base, ...env }),
    tell: () => ask('tell'),
    close: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
      await rm(stateDir, { recursive: true });
    },
  };
}

async function run(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const child = spawn(process.execPath, ['--import', PEAK_MEMORY, LAUNCHER, ...argv], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = child.stdio.slice(1).map(() => '');
  child.stdio
    .slice(1)
    .forEach((stream, index) => stream?.on('data', (part) => (texts[index] += String(part))));
  const [code] = await once(child, 'close');
  const [stdout = '', stderr = '', peak = ''] = texts;
  return { code, stdout, stderr, peakMegabytes: Number(peak) / KIBIBYTES_A_MEGABYTE };
}

/** The report of a `sync` that must have gone well. */
export function reportOf({ code, stdout, stderr }: Ran): Report {
  if (code !== 0) throw new Error(`a run ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
