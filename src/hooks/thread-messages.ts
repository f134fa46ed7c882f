/** What do the worker's own thread and the one that answers hooks tell each other? All of it can be copied. */
import type { TlsPair } from '../http/tls-pair.ts';
import type { Asset } from '../ports/assets.ts';
import type { SettingFault } from '../ports/errors.ts';
import type { InboxTrouble } from '../ports/hooks.ts';
import type { Log } from '../ports/log.ts';
import type { KeptEvents } from './keep.ts';
import type { HookOutcome } from './receiver.ts';

export const WRONG_CERTIFICATE = 'the certificate of HOOK_PORT is wrong now: the old one stays';

/** The settings that count until the worker ends. */
export interface ReceptionPlace {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly header: string;
  readonly tls: TlsPair | undefined;
  readonly stateDir: string;
}

/** The knowledge that may change while the worker lives. */
export interface ReceptionKnowledge {
  readonly secrets: readonly string[];
  readonly baseUrl: string;
  /** `undefined`: the org has not told its own hosts yet. */
  readonly ownHosts: ReadonlySet<string> | undefined;
  readonly assets: ReadonlySet<Asset>;
}

/** To the thread that answers. The first one says where. */
export interface ReceptionOrder {
  readonly place?: ReceptionPlace;
  /** The certificate to show from now on. */
  readonly tls?: TlsPair;
  readonly knowledge: ReceptionKnowledge;
}

/** From the thread that answers. `refused`: it cannot listen, and ends. */
export type ReceptionNews =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'refused'; readonly faults: readonly SettingFault[] }
  | { readonly kind: 'counted'; readonly outcome: HookOutcome }
  | { readonly kind: 'kept'; readonly kept: KeptEvents }
  | { readonly kind: 'trouble'; readonly trouble: InboxTrouble }
  | { readonly kind: 'poll' }
  | {
      readonly kind: 'line';
      readonly level: keyof Log;
      readonly fields: Readonly<Record<string, unknown>>;
      readonly message: string;
    };
