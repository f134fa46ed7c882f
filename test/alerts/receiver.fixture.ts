import { test as staged } from '../whole-job/stage.fixture.ts';
import { startReceiver, type Receiver } from './receiver.ts';

/** `test` whose body gets `makeReceiver` too. */
export const test = staged.extend('makeReceiver', ({ onTestFinished }) => {
  return async (): Promise<Receiver> => {
    const { receiver, close } = await startReceiver();
    onTestFinished(close);
    return receiver;
  };
});
