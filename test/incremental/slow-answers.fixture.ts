import { createServer, request as send } from 'node:http';
import { test as stageTest, type StageOptions } from '../whole-job/stage.fixture.ts';
import { changing, type ChangingStage } from './changing-stage.fixture.ts';

/** Called with the path of each answer that Okta has given; the answer travels on when the promise resolves. */
type Travel = (path: string) => Promise<void>;

/** A stage whose answers go through a door, at which each may wait. */
export interface SlowStage extends ChangingStage {
  /** The address of the door, for `OKTA_BASE_URL`. */
  readonly door: string;
  readonly whileAnswered: (travel: Travel) => void;
}

async function startDoor() {
  let target = '';
  let travel: Travel = () => Promise.resolve();
  const server = createServer((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming;
    const forwarded = send(new URL(url, target), { method, headers }, (answer) => {
      void travel(url).then(() => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    lead: (to: string): void => {
      target = to;
    },
    whileAnswered: (to: Travel): void => {
      travel = to;
    },
    close: (): void => {
      server.close();
    },
  };
}

/** `test` whose body gets `slow`: an org whose answers may travel slowly. */
export const test = stageTest.extend<{
  slow: (org: StageOptions['org'], okta?: StageOptions['okta']) => Promise<SlowStage>;
}>({
  slow: async ({ makeStage, onTestFinished }, use) => {
    await use(async (org, okta) => {
      const door = await startDoor();
      onTestFinished(door.close);
      const stage = changing(await makeStage({ org, okta: { ...okta, ownUrl: door.url } }));
      door.lead(stage.okta.url);
      return { ...stage, door: door.url, whileAnswered: door.whileAnswered };
    });
  },
});
