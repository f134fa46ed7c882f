import { test as staged } from '../whole-job/stage.fixture.ts';
import { startMeddler, type Meddle, type Meddler } from './meddler.ts';

/** `test` whose body gets `meddleWith` too; whom it started goes when the test ends. */
export const test = staged.extend('meddleWith', ({ onTestFinished }) => {
  return async (target: string, meddle: Meddle): Promise<Meddler> => {
    const meddler = await startMeddler(target, meddle);
    onTestFinished(() => meddler.close());
    return meddler;
  };
});

export type MeddleWith = (target: string, meddle: Meddle) => Promise<Meddler>;
