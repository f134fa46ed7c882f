// Prints the software bill of materials (CycloneDX) of what the product needs to run, made by npm from the lock file.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const made = spawnSync(
  'npm',
  ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only'],
  {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  },
);
if (made.status === 0) {
  const bill = JSON.parse(made.stdout);
  // npm takes the folder's name for the product's.
  bill.metadata.component.name = name;
  process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);
} else {
  process.exitCode = 1;
}
