/** A store of the inventory: what it is opened with, and what it gives. Each store is a folder beside this file. */
import type { JudgePosture } from '../enrich/posture.ts';
import type { AlertStore } from '../ports/alerts.ts';
import type { Clock } from '../ports/clock.ts';
import type { AssetRedaction } from '../ports/assets.ts';
import type { DeviceFacts } from '../ports/asset-facts.ts';
import type { Made, MakeEvent } from '../ports/events.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { GroupFacets, User } from '../ports/org.ts';
import type { NoticeStore } from '../ports/notices.ts';
import type { Outbox } from '../ports/sink.ts';
import type { StillGood } from './policy/answers.ts';

/** The redaction in force: what must not be stored of users. */
export interface KeptRedaction {
  /** The redaction as a text; empty: nothing is redacted. */
  readonly text: string;
  /** @param before the text of the redaction under which the user was stored */
  readonly redactKept: (user: User, before: string | undefined) => User;
  /** The same for what is stored of other assets. */
  readonly keptAssets: (before: string | undefined) => AssetRedaction;
}

/** How devices are said, and the sink that gets them. */
export interface DeviceEventOptions {
  readonly sink: string;
  readonly makeEvent: (facts: DeviceFacts) => Made;
  readonly stampEvent: (body: string) => string;
}

interface HistoryOptions {
  /** How long changes are kept; 0: none are. */
  readonly days: number;
  /** The settings that decide what is asked: users and groups that they let appear are not new. */
  readonly asked: string;
}

export interface OpenInventory {
  readonly inventory: Inventory;
  readonly outbox: Outbox;
  /** Events of devices; absent where none are made. */
  readonly deviceOutbox?: Outbox | undefined;
  readonly notices: NoticeStore;
  readonly alerts: AlertStore;
  close(): void;
}

export interface TemporaryInventory extends OpenInventory {
  /** Writes what it has now into a folder, as an inventory of its own. */
  readonly copyTo: (stateDir: string) => void;
}

export interface InventoryOptions {
  /** The name of the sink. Each sink has its own outbox, delivered hashes and dead letters. */
  readonly sink: string;
  readonly makeEvent: MakeEvent;
  /** Adds the id and the like that an event gets when it enters the outbox and keeps when it is sent again. */
  readonly stampEvent: (body: string) => string;
  /** May a last known answer stand in for a lookup that failed when it was asked again? */
  readonly isStillGood: StillGood;
  /** Absent: the redaction stays as it was. */
  readonly redaction?: KeptRedaction | undefined;
  readonly decidesAdmin: ((groups: readonly GroupFacets[]) => boolean) | undefined;
  readonly judge: JudgePosture;
  /** Absent: no events are made of devices. */
  readonly devices?: DeviceEventOptions | undefined;
  /** True when users who are not known may be left out by the selection, so that no event of a device names them. */
  readonly isSelecting?: boolean;
  /** Absent: no changes are recorded, and those that are there stay. */
  readonly history?: HistoryOptions | undefined;
  readonly runId: string;
  readonly clock: Clock;
}
