import { asConnectorError } from '../ports/errors.ts';
import { prepareAgain, tellWarnings, type PreparedCommand } from '../compose/prepare.ts';
import { failureFields } from '../process/failure.ts';
import { fileStates } from '../settings/file-states.ts';
import type { Settings } from '../settings/load.ts';
import { nextFiring } from '../settings/schedule-values.ts';
import type { GivenSecret } from '../settings/secret-ages.ts';
import type { Timetable } from './schedule.ts';

const SETTINGS_READ =
  'settings read again: LOG_LEVEL and credentials count at once, the others from the next run on';

/** The files that settings and secrets are read from. Those that systemd hands out are copies, which nobody can change. */
export interface FilesToChange {
  readonly files: readonly string[];
  readonly hint?: string;
}

/** The settings of the worker's environment and files as they are now or, where those are wrong, as they were last. */
export class CurrentSettings {
  /** Follows the settings: what they say now decides. */
  readonly timetable: Timetable = { nextAfter: (instant) => this.#nextAfter(instant) };
  readonly #configFile: string | undefined;
  readonly #onRead: (settings: Settings) => void;
  #last: PreparedCommand;
  #hangUps = 0;

  /**
   * @param first the valid settings with which the worker has started
   * @param onRead called with settings that were read again
   */
  constructor(
    first: PreparedCommand,
    configFile: string | undefined,
    onRead: (settings: Settings) => void = () => undefined,
  ) {
    this.#configFile = configFile;
    this.#onRead = onRead;
    this.#last = first;
  }

  /** `FREQUENCY` or `SCHEDULE`, for the log. */
  get schedule(): { readonly frequency_seconds: number } | { readonly schedule: string } {
    const { schedule, frequencySeconds } = this.#last.settings;
    return schedule === undefined ? { frequency_seconds: frequencySeconds } : { schedule };
  }

  /** True with `SCHEDULE`: a worker that starts again waits for the next start, unless it missed one. */
  get waitsAtFirst(): boolean {
    return this.#last.settings.schedule !== undefined;
  }

  /** As they were read last. */
  get prepared(): PreparedCommand {
    return this.#last;
  }

  get settings(): Settings {
    return this.#last.settings;
  }

  get stateDir(): string {
    return this.#last.settings.stateDir;
  }

  get secrets(): readonly GivenSecret[] {
    return this.#last.secrets;
  }

  /** The files that settings and secrets are read from. */
  get files(): readonly string[] {
    const config = this.#configFile === undefined ? [] : [this.#configFile];
    return [...new Set([...config, ...this.#last.secretFiles])];
  }

  get filesToChange(): FilesToChange {
    const { files } = this;
    const copies = this.#last.world.env['CREDENTIALS_DIRECTORY'];
    if (copies === undefined || !files.some((file) => file.startsWith(`${copies}/`))) return { files };
    const hint = `${copies} holds copies: change the files that LoadCredential of the unit names, and restart the service`;
    return { files, hint };
  }

  /** A text that differs after one of `files` has changed, and after SIGHUP. */
  changeMark(): string {
    return `${this.#hangUps} ${fileStates(this.files)}`;
  }

  /**
   * Reads them again. A mistake is logged and changes nothing: a file that is half written must not end a worker that
   * runs.
   */
  read(): PreparedCommand {
    this.#tryRead();
    return this.#last;
  }

  /** For SIGHUP: an operator has changed something and wants to know whether it is valid. */
  hangUp(): void {
    if (this.#last.world.stopping.aborted) return;
    const read = this.#tryRead();
    this.#hangUps += 1;
    if (read === undefined) return;
    read.log.info(this.schedule, SETTINGS_READ);
    tellWarnings(read);
  }

  #nextAfter(instant: number): number {
    const { schedule, scheduleTimeZone, frequencySeconds } = this.#last.settings;
    if (schedule === undefined) return instant + frequencySeconds * 1000;
    return nextFiring({ schedule, scheduleTimeZone }, instant);
  }

  #tryRead(): PreparedCommand | undefined {
    try {
      const read = prepareAgain(this.#last);
      this.#last = read;
      this.#onRead(read.settings);
      return read;
    } catch (thrown) {
      // Whatever it is: nothing that a signal handler throws may end the worker.
      const { code, message: reason } = failureFields(asConnectorError(thrown));
      this.#last.log.error({ code, reason }, 'the settings are wrong now: the old ones stay');
      return undefined;
    }
  }
}
