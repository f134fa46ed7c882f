import type { DatabaseSync } from 'node:sqlite';
import type { Inventory } from '../../ports/inventory.ts';
import type { InventoryOptions, OpenInventory, TemporaryInventory } from '../store.ts';
import { SqliteAlertStore } from './alerts/alert-store.ts';
import { AnswerStore } from './answers.ts';
import { assembleAssets } from './assets/assemble-assets.ts';
import { bringBack } from './bring-back.ts';
import { Checkpoints } from './checkpoints.ts';
import {
  closeDatabase,
  inventoryError,
  inventoryFile,
  makeStateDir,
  openDatabase,
  openTemporaryDatabase,
} from './database.ts';
import { DeadLetters } from './dead-letters.ts';
import { Evaluation } from './evaluation.ts';
import { Gathering } from './gathering.ts';
import { SqliteGroupStore } from './group-store.ts';
import { ChangeHistory } from './history/history.ts';
import { takeLock } from './lock.ts';
import type { LockHolder, TakeLock } from './lock.ts';
import { SqliteMarkStore } from './mark-store.ts';
import { MemberMoves } from './member-moves.ts';
import { noticeStoreOn, SqliteNoticeOutbox } from './notices/outbox.ts';
import { SqliteOutbox } from './outbox.ts';
import { redactInventory } from './redact-kept.ts';
import { RunStateRow } from './run-state.ts';
import { SqliteRunStore } from './run-store.ts';
import { StandingTrouble } from './standing.ts';
import { orInventoryError } from './transaction.ts';
import { userStatements } from './user-statements.ts';
import { SqliteUserStore } from './user-store.ts';

/** The parts of an inventory over an open database, which `closeFile` closes. */
export function assemble(
  database: DatabaseSync,
  options: InventoryOptions,
  closeFile: () => void,
  onCommit: () => void = () => undefined,
): OpenInventory {
  const { sink, clock, stampEvent, isStillGood } = options;
  const gathering = new Gathering(database, clock, onCommit);
  const { atOnce: transaction, soon } = gathering;
  const deadLetters = new DeadLetters(database, sink);
  const outbox = new SqliteOutbox({ database, sink, transaction, deadLetters, clock, stampEvent });
  const runState = new RunStateRow(database);
  const history = new ChangeHistory({ database, transaction, state: runState, ...options });
  if (options.redaction !== undefined) redactInventory(database, transaction, options.redaction);
  const marks = new SqliteMarkStore(database, transaction, runState);
  const moves = new MemberMoves(database);
  const ofAssets = assembleAssets(database, options, { transaction, soon, history });
  const evaluation = new Evaluation({ database, outbox, deadLetters, ...options });
  const statements = userStatements(database);
  const answers = new AnswerStore(statements, marks, moves);
  const noticeOutbox = new SqliteNoticeOutbox(database);
  const trouble = new StandingTrouble(database, [sink, ...ofAssets.sinks], isStillGood);
  const bringAllBack = bringBack(database);
  const ofUsers = { sink, statements, transaction, soon, deadLetters, answers, evaluation, moves, marks };
  const inventory: Inventory = {
    users: new SqliteUserStore({ ...ofUsers, runState, clock, needOtherEvents: ofAssets.needAll, history }),
    groups: new SqliteGroupStore({ database, transaction, soon, marks, moves, isStillGood }),
    assets: ofAssets.assets,
    assetEvents: ofAssets.assetEvents,
    marks,
    runs: new SqliteRunStore({ database, transaction, state: runState, ...options, history }),
    bringBack: async (startedAt) => transaction(() => bringAllBack(startedAt - 1)),
    standing: async (lookups, assets) => orInventoryError(() => trouble.read(lookups, assets)),
  };
  return {
    inventory,
    outbox,
    deviceOutbox: ofAssets.outbox,
    notices: noticeStoreOn(database, transaction, noticeOutbox),
    alerts: new SqliteAlertStore({ database, transaction, outbox: noticeOutbox }),
    close: () => closeAll(gathering, closeFile),
  };
}

function closeAll(gathering: Gathering, closeFile: () => void): void {
  try {
    gathering.close();
  } finally {
    closeFile();
  }
}

/** The inventory in `stateDir`, for one writer at a time. Throws `InventoryError`. */
export function openInventory(
  stateDir: string,
  holder: LockHolder,
  options: InventoryOptions,
  take: TakeLock = takeLock,
): OpenInventory {
  makeStateDir(stateDir);
  const lock = take(stateDir, holder);
  let database: ReturnType<typeof openDatabase> | undefined;
  let checkpoints: Checkpoints | undefined;
  try {
    const opened = (database = openDatabase(stateDir));
    const aside = (checkpoints = new Checkpoints(opened, inventoryFile(stateDir)));
    const close = (): void => {
      try {
        aside.close();
        closeDatabase(opened, stateDir);
      } finally {
        lock.release();
      }
    };
    return assemble(opened, options, close, aside.look);
  } catch (cause) {
    checkpoints?.close();
    database?.close();
    lock.release();
    throw inventoryError(`open the inventory in ${stateDir}`, cause);
  }
}

/** A private inventory for one process, gone when closed. */
export function openTemporaryInventory(options: InventoryOptions): TemporaryInventory {
  const database = openTemporaryDatabase();
  const opened = assemble(database, options, () => database.close());
  const copyTo = (stateDir: string): void => {
    orInventoryError(() => database.prepare('VACUUM INTO ?').run(inventoryFile(stateDir)));
  };
  return { ...opened, copyTo };
}
