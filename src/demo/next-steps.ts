import { SETTING_ROWS } from '../settings/table.ts';

const COMMAND = 'npm run --silent okta-ocsf --';

/** From the demo to a real org: what to set, what to run, the harmless first. */
export function nextSteps(): string[] {
  return [
    'Next, with your own org',
    '',
    ' 1. Look: five users, their events on the screen. Nothing is pushed, nothing is kept.',
    '',
    ...exportsFor('read'),
    `    ${COMMAND} dry-run --limit 5 --pretty`,
    '',
    ' 2. Deliver: one run. Its report comes as JSON; the inventory stays in ./state.',
    '',
    ...exportsFor('push'),
    `    ${COMMAND} sync`,
    '',
    `    Every setting and command: ${COMMAND} --help, and the README.`,
    `    No org at hand? ${COMMAND} simulator --users 5000 plays one, and an intake.`,
  ];
}

function exportsFor(purpose: 'read' | 'push'): string[] {
  return SETTING_ROWS.filter(({ requiredTo }) => requiredTo === purpose).flatMap(
    ({ name, example, description }) => [`    # ${description}`, `    export ${name}=${example}`],
  );
}
