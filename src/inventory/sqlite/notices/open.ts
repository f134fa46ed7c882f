import { existsSync } from 'node:fs';
import type { NoticeStore } from '../../../ports/notices.ts';
import { closeDatabase, inventoryFile, openDatabase } from '../database.ts';
import { transactionOn } from '../transaction.ts';
import { noticeStoreOn } from './outbox.ts';

export interface OpenNotices {
  readonly store: NoticeStore;
  readonly close: () => void;
}

/**
 * The messages of the inventory in `stateDir`, for the process that has its lock, between two runs. `undefined` where
 * there is no inventory. Throws `InventoryError`.
 */
export function openNotices(stateDir: string): OpenNotices | undefined {
  if (!existsSync(inventoryFile(stateDir))) return undefined;
  const database = openDatabase(stateDir);
  return {
    store: noticeStoreOn(database, transactionOn(database)),
    close: () => closeDatabase(database, stateDir),
  };
}
