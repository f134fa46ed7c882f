import type { AlertRule } from '../alerts/rule.ts';
import { ConfigError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import {
  loadSettings,
  rereadSecrets,
  secretTexts,
  type LoadedSettings,
  type LoadOptions,
  type Settings,
} from '../settings/load.ts';
import { scrubberOf } from '../settings/secret.ts';
import type { World } from '../process/world.ts';

export interface LiveOptions extends LoadOptions {
  /**
   * Makes the rules of `ALERTS_FILE`. Throws `ConfigError` where they are wrong; absent for a command that makes no run.
   */
  readonly alertRulesOf?: ((settings: Settings) => readonly AlertRule[] | undefined) | undefined;
}

/**
 * The settings of a process as they were last read without a mistake. A run takes most of them once, at its start. The
 * few that count at once are asked for here each time: the level of the log, the texts that are hidden, and the secrets
 * that requests carry.
 */
export class LiveSettings {
  readonly #env: World['env'];
  readonly #options: LiveOptions;
  #loaded: LoadedSettings;
  #alertRules: readonly AlertRule[] | undefined;
  #secrets: readonly string[];
  readonly #scrubber = scrubberOf(() => this.#secrets);
  /** Called when any of them was read again. */
  onChange: () => void = () => undefined;

  /** Reads them for the first time. Throws one `ConfigError` with all mistakes. */
  constructor(env: World['env'], options: LiveOptions) {
    this.#env = env;
    this.#options = options;
    this.#loaded = loadSettings(env, options);
    this.#alertRules = options.alertRulesOf?.(this.#loaded.settings);
    this.#secrets = secretTexts(this.#loaded.settings);
  }

  get alertRules(): readonly AlertRule[] | undefined {
    return this.#alertRules;
  }

  get loaded(): LoadedSettings {
    return this.#loaded;
  }

  /** The texts that nobody may print: those of now and all of before, which a run may still send, and an answer quote. */
  get secrets(): readonly string[] {
    return this.#secrets;
  }

  scrub(text: string): string {
    return this.#scrubber()(text);
  }

  /** Reads all of them again. A mistake throws `ConfigError` and changes nothing. */
  readAgain(): void {
    const loaded = loadSettings(this.#env, this.#options);
    this.#alertRules = this.#options.alertRulesOf?.(loaded.settings);
    this.#take(loaded);
  }

  /** Reads the files of secrets again. A mistake changes nothing. True where a secret has changed. */
  readSecretsAgain(log: Log): boolean {
    try {
      if (!this.#take(rereadSecrets(this.#loaded, this.#env, this.#options))) return false;
      log.info({}, 'a secret was refused, and its file holds another one now: that one counts from here on');
      return true;
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      return false;
    }
  }

  /**
   * The newest value, as long as the settings mean the same place as `here`: a secret of one place is never sent to
   * another.
   *
   * @param place the settings that name it
   */
  follow<T>(here: Settings, place: readonly (keyof Settings)[], valueOf: (settings: Settings) => T): () => T {
    let seen = here;
    let value = valueOf(here);
    return () => {
      const { settings } = this.#loaded;
      if (settings !== seen && place.every((key) => settings[key] === here[key])) value = valueOf(settings);
      seen = settings;
      return value;
    };
  }

  /** True where a secret has changed. */
  #take(loaded: LoadedSettings): boolean {
    const before = secretTexts(this.#loaded.settings);
    const now = secretTexts(loaded.settings);
    this.#loaded = loaded;
    const isChanged = now.length !== before.length || now.some((text, at) => text !== before[at]);
    if (isChanged) this.#secrets = [...new Set([...now, ...this.#secrets])];
    this.onChange();
    return isChanged;
  }
}
