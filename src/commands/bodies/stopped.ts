import { EXIT_DONE, exitCodeOfSignal } from '../../process/failure.ts';
import type { World } from '../../process/world.ts';

/** Resolves with the exit code when a signal came, or when the reader of stdout has gone. */
export function whenStopped(world: World): Promise<number> {
  const { stopping } = world;
  return new Promise((resolve) => {
    const leave = (): void => {
      const signal = world.stoppedBy();
      resolve(signal === undefined ? EXIT_DONE : exitCodeOfSignal(signal));
    };
    if (stopping.aborted) leave();
    else stopping.addEventListener('abort', leave, { once: true });
  });
}
