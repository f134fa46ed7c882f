import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Check } from '../../ports/checks.ts';
import { ConnectorError } from '../../ports/errors.ts';
import { CHECK_FOLDER, refuseNoFolder } from './database.ts';
import { probeLocks, type OpenFile } from './lock-probe.ts';

const SHARED = { code: 'state_dir', title: 'State folder' } as const;
const FILES = ['inventory.db', 'lock.db'] as const;

/**
 * Can the inventory be stored in `stateDir`? Leaves nothing behind and takes no lock of the inventory's own, so a
 * worker that has the inventory is neither disturbed nor reported as a failure.
 * @param probeName a file name that nobody else uses
 */
export function checkStateDir(stateDir: string, probeName: string, open?: OpenFile): Check {
  try {
    return { ...SHARED, status: 'passed', detail: tryToWrite(resolve(stateDir), probeName, open) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = error instanceof ConnectorError ? error.hint : undefined;
    return {
      ...SHARED,
      status: 'failed',
      detail: `the inventory cannot be kept in ${stateDir}: ${reason}`,
      cost: 'no run is possible',
      todo: hint ?? CHECK_FOLDER,
    };
  }
}

function tryToWrite(folder: string, probeName: string, open: OpenFile | undefined): string {
  refuseNoFolder(folder);
  if (!existsSync(folder)) {
    accessSync(nearestAbove(folder), constants.W_OK | constants.X_OK);
    return `${folder} can be made by the first run`;
  }
  probeLocks(folder, probeName, open);
  for (const file of FILES.map((name) => join(folder, name))) {
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
  }
  return `${folder} can be written, and has file locks and shared memory`;
}

function nearestAbove(folder: string): string {
  const above = dirname(folder);
  return existsSync(above) || above === folder ? above : nearestAbove(above);
}
