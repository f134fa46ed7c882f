import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Where CI wants the counts as JSON, beside the usual lines. */
const reportFile = process.env['TEST_REPORT_FILE'];

export default defineConfig({
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Forks, not threads: whole-job tests start child processes, send signals and open SQLite files.
    pool: 'forks',
    // No test file leaves anything behind in its process, so that the next one need not load all modules again.
    isolate: false,
    // Many tests wait for the processes they start, or for windows to pass: one more worker than cores uses that time.
    maxWorkers: availableParallelism() + 1,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // The longest take 6 s on a machine that is idle.
    testTimeout: 60_000,
    hookTimeout: 20_000,
    teardownTimeout: 5_000,
    dangerouslyIgnoreUnhandledErrors: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    reporters: reportFile === undefined ? ['default'] : ['default', 'json'],
    ...(reportFile === undefined ? {} : { outputFile: { json: reportFile } }),
  },
});
