import type { Settings } from '../config.ts';
import type { Inventory } from '../inventory-ports.ts';
import type { OktaClient } from '../okta/client.ts';
import { findGroups } from '../okta/group-finder.ts';
import type { Source, User } from '../ports.ts';
import { createRedactor, type Redactor } from '../shaping/redaction.ts';
import { selectingSource } from '../sync/selecting-source.ts';
import type { Tally } from '../sync/tally.ts';

/** How users are redacted, by `REDACT` and its key. */
export function redactorOf({ redact, redactKey }: Settings): Redactor {
  return createRedactor(redact ?? new Map(), redactKey?.reveal() ?? '');
}

/** What becomes of a user's record before anybody else sees it; `undefined`: it stays as Okta gave it. */
export function shapeOf(settings: Settings): ((user: User) => Promise<User>) | undefined {
  if (settings.redact === undefined) return undefined;
  const redactor = redactorOf(settings);
  return async (user) => redactor.redact(user);
}

/** What decides which users are kept and how, as texts; none where nothing is shaped: another one makes all be read again. */
export function shapingTexts(settings: Settings): readonly string[] {
  const { includeGroups, excludeGroups, statuses } = settings;
  const selection = JSON.stringify([includeGroups, excludeGroups, statuses && [...statuses]]);
  const texts = [redactorOf(settings).text, selection === '[null,null,null]' ? '' : selection];
  return texts.every((text) => text === '') ? [] : texts;
}

/** Do groups or statuses decide which users there are? */
export function hasSelection({ includeGroups, excludeGroups, statuses }: Settings): boolean {
  return [includeGroups, excludeGroups, statuses].some((given) => given !== undefined);
}

/** Either setting may ask for deactivated users. */
export function includesDeprovisioned({ includeDeprovisioned, statuses }: Settings): boolean {
  return includeDeprovisioned || statuses?.has('DEPROVISIONED') === true;
}

export interface SelectedParts {
  readonly source: Source;
  readonly client: OktaClient;
  readonly inventory: Inventory;
  readonly tally: Tally;
}

/** The org as far as the settings select it. */
export function selected(settings: Settings, { source, client, inventory, tally }: SelectedParts): Source {
  if (!hasSelection(settings)) return source;
  return selectingSource({
    source,
    include: settings.includeGroups,
    exclude: settings.excludeGroups,
    statuses: settings.statuses,
    findGroups: (nameOrId) => findGroups(client, nameOrId),
    isKnown: async (id) => (await inventory.users.find(id)) !== undefined,
    onCount: (listed, chosen) =>
      tally.notes.set('selection', `${chosen} of the ${listed} users listed are selected`),
  });
}
