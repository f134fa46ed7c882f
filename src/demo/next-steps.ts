import { SETTING_ROWS } from '../settings/table.ts';

const READING = {
  OKTA_BASE_URL: 'your org',
  OKTA_API_TOKEN: 'made under Security > API > Tokens, by an admin who may view users, groups and roles',
};
const PUSHING = {
  SEKOIA_API_KEY: 'a key of the intake',
  SEKOIA_CONNECTOR_UUID: 'the asset connector that receives the events',
};
/** A checkout runs its sources, with the Node that npm brings. The built product is installed under its own name. */
export const COMMAND = programOf(import.meta.filename);

/** The command by which people call the program that runs this file. */
export function programOf(file: string): string {
  return file.endsWith('.ts') ? 'npm run --silent okta-ocsf --' : 'okta-ocsf';
}

/** The steps from the demo to a real org: what to set and what to run, the harmless first. */
export function nextSteps(): string[] {
  return [
    'Next, with your own org',
    '',
    ' 1. Look: five users, their events on the screen. Nothing is pushed, nothing is kept.',
    '',
    ...exportsFor(READING),
    `    ${COMMAND} dry-run --limit 5 --pretty`,
    '',
    ' 2. Check: what the token may read, and whether the intake takes the key.',
    '',
    ...exportsFor(PUSHING),
    `    ${COMMAND} test`,
    '',
    ' 3. Deliver: one run. Its report comes as JSON; the inventory stays in STATE_DIR, else ./state.',
    '',
    `    ${COMMAND} sync`,
    '',
    ' 4. Ask: the inventory that the run has left, offline; --list shows the questions that come along.',
    '',
    `    ${COMMAND} query admins-without-mfa`,
    '',
    `    All commands and settings: ${COMMAND} --help, docs/commands.md, settings.md.`,
    `    No org at hand? ${COMMAND} simulator --users 5000 plays one, and an intake.`,
  ];
}

function exportsFor(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, where]) => {
    const example = SETTING_ROWS.find((row) => row.name === name)?.example ?? '...';
    return [`    # ${where}`, `    export ${name}=${example}`];
  });
}
