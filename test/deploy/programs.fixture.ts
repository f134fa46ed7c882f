/** Runs a program of the system to its end. A machine without it skips the tests that need it. */
import { execFile } from 'node:child_process';

export interface Ended {
  readonly code: number;
  readonly output: string;
}

export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, [...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : Number(error !== null);
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}
