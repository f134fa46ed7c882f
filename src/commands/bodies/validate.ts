import { EXIT_DONE, EXIT_INCOMPLETE, exitCodeOfSignal } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import { createEventCheck } from '../../inspect/check-events.ts';
import { readEventTexts } from '../../inspect/event-texts.ts';
import type { DialectName } from '../../ocsf/names.ts';
import type { World } from '../../process/world.ts';
import { linesIn } from './event-file.ts';

export interface ValidateOptions {
  /** A path; `-` or absent is stdin. */
  readonly file?: string | undefined;
  /** Checks every event against this dialect, even when the event names another one. */
  readonly dialect?: DialectName | undefined;
}

/** Prints each fault of each event with its line. Resolves with the exit code. */
export async function runValidate(world: World, { file, dialect }: ValidateOptions): Promise<number> {
  const check = createEventCheck(dialect);
  let events = 0;
  let atFault = 0;
  for await (const piece of readEventTexts(linesIn(file, world))) {
    const checked = check(piece);
    events += checked.events;
    atFault += checked.atFault;
    const told = checked.faults.map(({ line, words }) => `${plainText(`line ${line}: ${words}`)}\n`);
    if (told.length > 0) await world.out(told.join(''));
  }
  const signal = world.stoppedBy();
  if (signal !== undefined) return exitCodeOfSignal(signal);
  world.err.write(`${events} ${events === 1 ? 'event' : 'events'}, ${atFault} at fault\n`);
  return atFault === 0 ? EXIT_DONE : EXIT_INCOMPLETE;
}
