import type { Mark, StoredMark } from '../../ports/inventory.ts';
import { OVERLAP_MS } from '../changes/follow-log.ts';
import type { Run } from '../job.ts';
import { forEachOf } from '../parallel.ts';
import type { AssetParts, MaybeAssetParts } from '../parts.ts';
import { appsWithUsers, givesRoles, groupsOfApps, usersOfApps } from './app-sets.ts';
import { orUndefined, pagesSince, readList } from './list-records.ts';
import { appList, refreshOne, ruleList, saveDevices } from './lists.ts';
import { readMarkedUsersOfApp } from './marked-app-users.ts';
import { readsAssets } from './read-assets.ts';
import { readSet, readSets, unknownSets } from './sets.ts';

/**
 * Reads what has changed of the assets since the last time: rules by listing them, since no event tells of them; devices
 * by their stamps; and whatever the System Log has marked.
 */
export async function readAssetChanges(
  run: MaybeAssetParts & Pick<Run, 'mode'>,
  asOf: number,
): Promise<void> {
  if (!readsAssets(run)) return;
  const { assets: wanted } = run.settings;
  if (wanted.has('rules')) await readList(run, ruleList(run));
  if (wanted.has('devices')) await readChangedDevices(run, asOf);
  if (!run.assets.isFollowed && wanted.has('apps')) {
    run.tally.notes.set('assets', NOT_FOLLOWED);
    await readList(run, appList(run));
  }
  await readMarkedAssets(run);
  // A full run reads them anyway.
  if (wanted.has('apps') && run.mode === 'incremental') await readUnknownSets(run);
}

const NOT_FOLLOWED =
  'the System Log does not tell of applications here: they are listed in every run, and who has them is read again by full runs';

/** Sets of new applications, and those for which the last attempt brought nothing. */
async function readUnknownSets(run: AssetParts): Promise<void> {
  const { assets } = run.inventory;
  const withoutGroups = await unknownSets(run, 'app-groups', await assets.ids('app'));
  // Where assignments were read by group, an application without a set of its own is known all the same.
  if (!(await assets.areAllGroupsAsked())) await readSets(run, groupsOfApps(run), withoutGroups);
  if (!run.settings.assets.has('app-users')) return;
  await readSets(run, usersOfApps(run), await unknownSets(run, 'app-users', await appsWithUsers(run)));
}

async function readChangedDevices(run: AssetParts, asOf: number): Promise<void> {
  const { devicesCursor = run.startedAt - OVERLAP_MS } = await run.inventory.runs.state();
  // The cursor stays after a failure, so that the next run asks for the same again.
  const isRead = await orUndefined(run, 'devices', async () => {
    let unreadable = 0;
    for await (const page of pagesSince(run.oktaNow(), run.assets.listDevices(devicesCursor))) {
      await saveDevices(run, page);
      unreadable += page.unreadable.length;
    }
    if (unreadable > 0) run.tally.gap('devices', 'unreadable');
    return unreadable === 0;
  });
  if (isRead === true) await run.inventory.runs.saveState({ devicesCursor: asOf - OVERLAP_MS });
}

type AssetMark = Extract<Mark, { readonly subject: 'app' | 'device' }>;

/** Reads again each asset with such a mark, for all its marks. A mark stays where Okta gave no usable answer. */
export async function readMarkedAssets(
  run: MaybeAssetParts,
  isWanted: (mark: StoredMark) => boolean = () => true,
): Promise<void> {
  if (!readsAssets(run)) return;
  const { marks } = run.inventory;
  const marksUpTo = await marks.version();
  const byAsset = Map.groupBy(await marks.list(), ({ mark: { subject, id } }) => `${subject} ${id}`);
  await forEachOf(byAsset.values(), run.settings.width, async (stored) => {
    const ofOne = stored.map(({ mark }) => mark).filter(isOfAsset);
    const [first] = ofOne;
    if (first === undefined || !stored.some(isWanted)) return;
    const { subject, id } = first;
    const isAnswered = await orUndefined(
      run,
      nameOf(ofOne),
      () => readMarked(run, first, ofOne),
      (reason) => marks.add(ofOne.map((mark) => ({ ...mark, reason }))),
    );
    if (isAnswered !== true) return;
    await marks.answered([{ subject, id, questions: 'all', marksUpTo }]);
  });
}

/** The name of the gap that stays where these marks get no answer. */
function nameOf(marks: readonly AssetMark[]): 'devices' | 'apps' | 'app-users' {
  if (marks.some(({ subject }) => subject === 'device')) return 'devices';
  return marks.some(({ question }) => question === 'users') ? 'app-users' : 'apps';
}

function isOfAsset(mark: Mark): mark is AssetMark {
  return mark.subject === 'app' || mark.subject === 'device';
}

/** Resolves to true when all marks of this asset are answered, or need no answer under these settings. */
async function readMarked(
  run: AssetParts,
  { subject, id }: Pick<AssetMark, 'subject' | 'id'>,
  marks: readonly AssetMark[],
): Promise<boolean> {
  const { assets: wanted } = run.settings;
  if (!wanted.has(subject === 'app' ? 'apps' : 'devices')) return true;
  const asks = new Set(marks.map(({ question }) => question));
  const isKnown = (await run.inventory.assets.find(subject, id)) !== undefined;
  if ((asks.has('record') || !isKnown) && !(await refreshOne(run, subject, id))) return true;
  if (subject === 'device') return true;
  if (asks.has('groups') && (await readSet(run, groupsOfApps(run), id)) !== undefined) return false;
  if (!wanted.has('app-users')) return true;
  // Okta merges roles of groups into the assignments of their members.
  if (asks.has('groups') && (await givesRoles(run, id))) return readMarkedUsersOfApp(run, id, undefined);
  return !asks.has('users') || readMarkedUsersOfApp(run, id, membersOf(marks));
}

/** The users whom marks name; `undefined`: some mark names none, so that all are meant. */
function membersOf(marks: readonly AssetMark[]): ReadonlySet<string> | undefined {
  const named = marks.flatMap((mark) =>
    mark.subject === 'app' && mark.question === 'users' ? [mark.member] : [],
  );
  const users = named.filter((member) => member !== undefined);
  return users.length < named.length ? undefined : new Set(users);
}
