import type { AlertRule } from '../alerts/rule.ts';
import { exposedFiles } from '../settings/exposed-files.ts';
import { secretFiles, type Settings } from '../settings/load.ts';
import { givenSecrets, type GivenSecret } from '../settings/secret-ages.ts';
import { tellCrash } from '../process/failure.ts';
import { createLog } from '../process/log.ts';
import type { Log, RootLog } from '../ports/log.ts';
import { settingWarnings, type SettingWarning } from '../settings/warnings.ts';
import type { World } from '../process/world.ts';
import { LiveSettings, type LiveOptions } from './live-settings.ts';

/**
 * The settings, world and log of a command. Log and stderr never show a secret, whoever writes there. `settings` stay
 * as they are; `live` are those of the process, which may be read again meanwhile.
 */
export interface Prepared {
  readonly settings: Settings;
  readonly live: LiveSettings;
  readonly world: World;
  readonly log: RootLog;
  /** The rules of `ALERTS_FILE`; absent without one, and in commands that make no run. */
  readonly alertRules: readonly AlertRule[] | undefined;
}

/** The parts that a command starts with. */
export interface PreparedCommand extends Prepared {
  /** Its name, where one is known. */
  readonly command: string | undefined;
  /** The log without the label of the org, which may change. */
  readonly rootLog: RootLog;
  /** Settings that are probably a mistake. Each call looks for them. */
  readonly listWarnings: () => readonly SettingWarning[];
  /** The files in which secrets were found. */
  readonly secretFiles: readonly string[];
  readonly secrets: readonly GivenSecret[];
  /** The names that are given to settings of other commands. */
  readonly unread: readonly string[];
}

/** The parts of a command that stay when its settings are read again. */
type Lasting = Pick<PreparedCommand, 'live' | 'command' | 'world' | 'rootLog'>;

/** Reads the settings, or throws a `ConfigError`. */
export function prepareCommand(world: World, options: LiveOptions): PreparedCommand {
  const live = new LiveSettings(world.env, options);
  const log = createLog(world.err, {
    get level() {
      return live.loaded.settings.logLevel;
    },
    get secrets() {
      return live.secrets;
    },
    pretty: world.isTerminal && { colour: (world.env['NO_COLOR'] ?? '') === '' },
    now: () => world.clock.now(),
  });
  const err = { ...world.err, write: (text: string) => world.err.write(live.scrub(text)) };
  world.onCrash((thrown) => tellCrash(thrown, err, log));
  return preparedNow({ live, command: options.command, world: { ...world, err }, rootLog: log });
}

/** The same command with all settings read again. A mistake throws `ConfigError` and changes nothing. */
export function prepareAgain(prepared: PreparedCommand): PreparedCommand {
  prepared.live.readAgain();
  return preparedNow(prepared);
}

function preparedNow({ live, command, world, rootLog }: Lasting): PreparedCommand {
  const { settings, given, unread } = live.loaded;
  const { orgLabel: org } = settings;
  return {
    settings,
    live,
    command,
    world,
    rootLog,
    alertRules: live.alertRules,
    log: org === undefined ? rootLog : rootLog.child({ org }),
    listWarnings: () => settingWarnings(world.env, given, command),
    secretFiles: secretFiles(given),
    secrets: givenSecrets(given),
    unread,
  };
}

/** Warns once, at the start, and goes on: some secret stores allow no other file mode. */
export function tellExposedSecrets(files: readonly string[], log: Log): void {
  for (const file of exposedFiles(files)) {
    const hint = `let only its owner read it: chmod 600 ${file}; in Kubernetes, fsGroup of the pod and defaultMode: 0440 of the volume`;
    log.warn({ file, hint }, 'every user of this machine can read a file that holds a secret');
  }
}

/** Logs settings that are probably a mistake. */
export function tellWarnings({ log, listWarnings }: Pick<PreparedCommand, 'log' | 'listWarnings'>): void {
  for (const { name, problem, hint } of listWarnings()) {
    log.warn({ setting: name, problem, hint }, 'check the settings');
  }
}
