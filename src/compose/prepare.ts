import { loadSettings, secretTexts, type LoadOptions, type Settings } from '../settings/load.ts';
import { tellCrash } from '../process/failure.ts';
import { createLog } from '../process/log.ts';
import { type RootLog } from '../ports/log.ts';
import { createScrubber } from '../settings/secret.ts';
import { settingWarnings, type SettingWarning } from '../settings/warnings.ts';
import type { World } from '../process/world.ts';

/** What a command works with. Its log and its stderr show no secret, whoever writes there. */
export interface Prepared {
  readonly settings: Settings;
  readonly world: World;
  readonly log: RootLog;
  /** What is probably not meant as it is written. */
  readonly warnings?: readonly SettingWarning[];
}

/** Settings read and right, or a `ConfigError`. May be called again: files that have changed count from then on. */
export function prepareCommand(world: World, options: LoadOptions): Prepared {
  const settings = loadSettings(world.env, options);
  const log = createCommandLog(settings, world);
  const scrub = createScrubber(secretTexts(settings));
  const err = { ...world.err, write: (text: string) => world.err.write(scrub(text)) };
  world.onCrash((thrown) => tellCrash(thrown, err, log));
  const warnings = settingWarnings(world.env, options.configFile);
  return { settings, world: { ...world, err }, log, warnings };
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
