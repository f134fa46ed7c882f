import { loadSettings, secretFiles, secretTexts, type LoadOptions, type Settings } from '../settings/load.ts';
import { givenSecrets, type GivenSecret } from '../settings/secret-ages.ts';
import { tellCrash } from '../process/failure.ts';
import { createLog } from '../process/log.ts';
import { type RootLog } from '../ports/log.ts';
import { createScrubber } from '../settings/secret.ts';
import { settingWarnings, type SettingWarning } from '../settings/warnings.ts';
import type { World } from '../process/world.ts';

/** The settings, world and log of a command. Log and stderr never show a secret, whoever writes there. */
export interface Prepared {
  readonly settings: Settings;
  readonly world: World;
  readonly log: RootLog;
}

/** The parts that a command starts with. */
export interface PreparedCommand extends Prepared {
  /** Settings that are probably a mistake. Each call looks for them. */
  readonly listWarnings: () => readonly SettingWarning[];
  /** The files in which secrets were found. */
  readonly secretFiles: readonly string[];
  readonly secrets: readonly GivenSecret[];
}

/** Reads the settings, or throws a `ConfigError`. May be called again, and then reads changed files anew. */
export function prepareCommand(world: World, options: LoadOptions): PreparedCommand {
  const { settings, given } = loadSettings(world.env, options);
  const log = createCommandLog(settings, world);
  const scrub = createScrubber(secretTexts(settings));
  const err = { ...world.err, write: (text: string) => world.err.write(scrub(text)) };
  world.onCrash((thrown) => tellCrash(thrown, err, log));
  return {
    settings,
    world: { ...world, err },
    log,
    listWarnings: () => settingWarnings(world.env, given),
    secretFiles: secretFiles(given),
    secrets: givenSecrets(given),
  };
}

/** Logs settings that are probably a mistake. */
export function tellWarnings({ log, listWarnings }: Pick<PreparedCommand, 'log' | 'listWarnings'>): void {
  for (const { name, problem, hint } of listWarnings()) {
    log.warn({ setting: name, problem, hint }, 'check the settings');
  }
}

function createCommandLog(settings: Settings, world: World): RootLog {
  const log = createLog(world.err, {
    level: settings.logLevel,
    secrets: secretTexts(settings),
    pretty: world.isTerminal && { colour: (world.env['NO_COLOR'] ?? '') === '' },
    now: () => world.clock.now(),
  });
  return settings.orgLabel === undefined ? log : log.child({ org: settings.orgLabel });
}
