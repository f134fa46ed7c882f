import { openKnownUsers } from '../../compose/known-users.ts';
import { EXIT_DONE, EXIT_FAILED } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import { explanationLines } from '../../inspect/explanation-text.ts';
import { explainUser } from '../../inspect/explanation.ts';
import type { Prepared } from '../../compose/prepare.ts';

export interface ExplainOptions {
  /** Id or login. */
  readonly user: string;
  readonly json: boolean;
}

/** The status line of a terminal: a large inventory is searched for seconds. */
const WAITING = 'looking in the inventory ...';
const OTHER_SETTINGS =
  'warning: these settings make other events than those of the last run: the event shown as now is not the one that it sent\n';

/** Shows why a user's event is as it is, from the inventory only. Resolves with the exit code. */
export async function runExplain(
  { settings, world }: Prepared,
  { user, json }: ExplainOptions,
): Promise<number> {
  const users = openKnownUsers(settings);
  try {
    world.err.setStatus(WAITING);
    const known = await users.find(user);
    world.err.setStatus(undefined);
    if (known === undefined) {
      world.err.write('error: the inventory knows no user with this id or login\n');
      world.err.write('hint: `okta-ocsf dry-run --user` asks Okta itself\n');
      return EXIT_FAILED;
    }
    if (!(await users.hasSameSettings())) world.err.write(OTHER_SETTINGS);
    const { dialect, draftOf } = users;
    const { adminRule, mfaRule } = settings;
    const made = users.makeEvent(known.facets);
    const trust = await users.trust();
    const told = explainUser(known, { dialect, adminRule, mfaRule, made, draftOf, trust });
    await world.out(json ? `${JSON.stringify(told, null, 2)}\n` : asText(explanationLines(told)));
    return EXIT_DONE;
  } finally {
    world.err.setStatus(undefined);
    users.close();
  }
}

/** Names of Okta's users may contain characters that move a terminal's cursor. */
function asText(lines: readonly string[]): string {
  return lines.map((line) => `${plainText(line)}\n`).join('');
}
