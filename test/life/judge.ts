import type { SimulatedOrg } from '../../src/simulator/index.ts';
import { differences } from '../whole-job/said.fixture.ts';
import type { Settings } from './draw.ts';
import { isExcepted, type Unknowable } from './unsaid.ts';
import {
  comparable,
  coreOf,
  hasSelection,
  includesDeprovisioned,
  isSelectedByGroups,
  saysDisabled,
  trueEvent,
  wantedUsers,
  type Event,
  type Events,
} from './expected.ts';

/** The state that was right when the intake was last compared with the truth. */
export interface Known {
  readonly wanted: ReadonlySet<string>;
  readonly settings: Settings;
}

export interface Case {
  readonly org: SimulatedOrg;
  readonly settings: Settings;
  readonly mode: 'full' | 'incremental';
  /** Whether the last sign-ins must be those of now: after a full run that began after them. */
  readonly hasLastLogin: boolean;
  readonly latest: Events;
  /** The events of a reader who begins with nothing; `undefined` where `truth.ts` has all. */
  readonly fresh: Events | undefined;
  /** The parts that this run cannot know, by user. */
  readonly unknowable: Unknowable;
  /** Of the last full run that was judged. */
  readonly known: Known | undefined;
}

export function isToldByTruth(settings: Settings): boolean {
  return settings['DIALECT'] === 'sekoia' && !('REDACT' in settings) && !('MAPPING_FILE' in settings);
}

/** Everything that is not as it must be, field by field. */
export function judge(given: Case): readonly string[] {
  return [...untrueFresh(given), ...untrue(given), ...notKnownAsGone(given)];
}

/** Events that the intake has not, or has otherwise than they must be. */
function untrue(given: Case): readonly string[] {
  const { org, settings, mode, hasLastLogin, latest, fresh, known, unknowable } = given;
  const mayComeLater = mode === 'incremental' && isSelectedByGroups(settings);
  return wantedUsers(org, settings).flatMap(({ id }) => {
    if (mayComeLater && known?.wanted.has(id) !== true) return [];
    const right = fresh === undefined ? trueEvent(org, id, settings) : fresh.get(id);
    if (right === undefined) return [];
    const [has, must] = [latest.get(id), right].map((event) => comparable(event, hasLastLogin));
    const parts = unknowable.get(id);
    if (has === undefined) return [`${id}: the intake has no event`];
    if (fresh !== undefined && parts !== undefined) return [];
    return differences(has, must, id).filter((line) => !isExcepted(line, id, parts));
  });
}

/** The other reader is the product too: what `truth.ts` knows is held against it. */
function untrueFresh({ org, settings, fresh }: Case): readonly string[] {
  if (fresh === undefined) return [];
  const wanted = wantedUsers(org, settings).filter(({ id }) => trueEvent(org, id, settings) !== undefined);
  const missing = wanted.filter(({ id }) => !fresh.has(id)).map(({ id }) => `fresh ${id}: no event`);
  if ('REDACT' in settings) return missing;
  const wrong = wanted.flatMap(({ id }) => {
    const [said, truth] = [fresh.get(id), trueEvent(org, id, settings)];
    if (said === undefined || truth === undefined) return [];
    return differences(coreOf(said), coreOf(truth), `fresh ${id}`);
  });
  return [...missing, ...wrong];
}

/** Whoever leaves a selection is forgotten without an event: with one, nobody's end is awaited. */
function notKnownAsGone({ org, settings, latest, known }: Case): readonly string[] {
  if (known === undefined || hasSelection(settings) || hasSelection(known.settings)) return [];
  return [...known.wanted].flatMap((id) => {
    const user = org.user(id);
    const isGone = user === undefined || user.status === 'DEPROVISIONED';
    if (!isGone || (user !== undefined && includesDeprovisioned(settings))) return [];
    const event: Event | undefined = latest.get(id);
    return event !== undefined && !saysDisabled(event) ? [`${id}: gone, and not said to be`] : [];
  });
}
