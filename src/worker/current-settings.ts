import { ConfigError } from '../ports/errors.ts';
import { prepareCommand, tellWarnings, type Prepared, type PreparedCommand } from '../compose/prepare.ts';
import type { World } from '../process/world.ts';

/** The settings of the worker's environment and files as they are now or, where those are wrong, as they were last. */
export class CurrentSettings {
  readonly #world: World;
  readonly #configFile: string | undefined;
  #last: Prepared;

  /** @param first the valid settings with which the worker has started */
  constructor(first: Prepared, configFile: string | undefined) {
    this.#world = first.world;
    this.#configFile = configFile;
    this.#last = first;
  }

  get frequencyMs(): number {
    return this.#last.settings.frequencySeconds * 1000;
  }

  /**
   * Reads them again. A mistake is logged and changes nothing: a file that is half written must not end a worker that
   * runs.
   */
  read(): Prepared {
    this.#tryRead();
    return this.#last;
  }

  /** For SIGHUP: an operator has changed something and wants to know whether it is valid. */
  hangUp(): void {
    const read = this.#tryRead();
    if (read === undefined) return;
    const { settings, log } = read;
    log.info({ frequency_seconds: settings.frequencySeconds }, 'settings read again; the next run uses them');
    tellWarnings(read);
  }

  #tryRead(): PreparedCommand | undefined {
    try {
      const read = prepareCommand(this.#world, { configFile: this.#configFile, requireSink: true });
      this.#last = read;
      return read;
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      const reason = thrown.message.replaceAll('\n', '; ');
      this.#last.log.error({ code: thrown.code, reason }, 'the settings are wrong now: the old ones stay');
      return undefined;
    }
  }
}
