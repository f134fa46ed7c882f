import { createServer } from 'node:net';
import { describe, expect, onTestFinished } from 'vitest';
import { reportOf, toldLines, type Ended } from './launch.fixture.ts';
import { CA_FILE, startProxy, startTlsFront, type TestProxy, type Treatment } from './proxy.fixture.ts';
import { expectEvents } from './said.fixture.ts';
import { makeServiceApp } from './service-app.fixture.ts';
import { test, type Stage } from './stage.fixture.ts';

const PASSWORD = 'proxy-p@ssword';
const USER = `reader:${encodeURIComponent(PASSWORD)}`;
const BASIC = Buffer.from(`reader:${PASSWORD}`).toString('base64');
const BASE_URLS = { OKTA_BASE_URL: 'https://okta.test', SEKOIA_BASE_URL: 'https://intake.test' };

async function proxyThat(treat: Treatment): Promise<TestProxy> {
  const proxy = await startProxy(treat);
  onTestFinished(proxy.close);
  return proxy;
}

/** Both sides behind TLS by the private CA, to be found by the proxy alone. */
async function hide({ okta, intake }: Stage): Promise<TestProxy> {
  const fronts = await Promise.all([startTlsFront(okta.url), startTlsFront(intake.url)]);
  for (const { close } of fronts) onTestFinished(close);
  const [oktaFront, intakeFront] = fronts;
  return proxyThat((target) => {
    if (target === 'okta.test:443') return { port: oktaFront.port };
    return target === 'intake.test:443' ? { port: intakeFront.port } : { refusal: '502 Bad Gateway' };
  });
}

function expectNoPassword({ stdout, stderr }: Ended): void {
  for (const text of [PASSWORD, encodeURIComponent(PASSWORD), BASIC])
    expect(stdout + stderr).not.toContain(text);
}

describe('whole job, proxy: behind a proxy, with certificates of a private CA', () => {
  test.for(['HTTPS_PROXY', 'https_proxy'])(
    '%s leads a whole run to both sides',
    async (name, { makeStage }) => {
      const { oauth, env } = makeServiceApp({ requiresDpop: true });
      const stage = await makeStage({
        org: { users: 150 },
        okta: { oauth, ownUrl: BASE_URLS.OKTA_BASE_URL },
      });
      const proxy = await hide(stage);

      const ended = await stage.run(['sync'], {
        env: {
          ...env,
          ...BASE_URLS,
          [name]: `http://${USER}@127.0.0.1:${proxy.port}`,
          NODE_EXTRA_CA_CERTS: CA_FILE,
          LOG_LEVEL: 'trace',
        },
      });

      const { okta: told } = reportOf(ended);
      expectEvents(stage.intake.latestByUid(), stage.org);
      expect(ended.code).toBe(0);
      expect(new Set(proxy.connects)).toEqual(new Set(['okta.test:443', 'intake.test:443']));
      expect(new Set(proxy.authorizations)).toEqual(new Set([`Basic ${BASIC}`]));
      // Connections are kept: as many tunnels as requests at once, not as requests.
      expect(told.total_calls).toBeGreaterThan(150);
      expect(proxy.connects.length).toBeLessThanOrEqual(12);
      expectNoPassword(ended);
    },
  );

  test('without the CA the error names NODE_EXTRA_CA_CERTS', async ({ makeStage }) => {
    const stage = await makeStage();
    const proxy = await hide(stage);

    const ended = await stage.run(['dry-run'], {
      env: { ...BASE_URLS, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
    });

    expect(ended.code).toBe(1);
    expect(toldLines(ended).join('\n')).toMatch(
      /okta\.test has a TLS certificate that comes [^]*NODE_EXTRA_CA_CERTS/,
    );
  });
});

describe('whole job, proxy: a proxy that does not connect', () => {
  test.for([
    { refusal: '407 Proxy Authentication Required', code: 3, what: /HTTP 407/, hint: /user and password/ },
    { refusal: '403 Forbidden', code: 3, what: /HTTP 403/, hint: /NO_PROXY/ },
    { refusal: '502 Bad Gateway', code: 1, what: /HTTP 502/, hint: /cannot reach this host/ },
    { refusal: 'I am no proxy', code: 1, what: /no proper answer to CONNECT/, hint: /is it the address/ },
  ])(
    'by $refusal is told with HTTPS_PROXY, and without its password',
    async ({ refusal, what, hint, code }, { makeStage }) => {
      const stage = await makeStage();
      const proxy = await proxyThat(() => ({ refusal }));

      const ended = await stage.run(['sync'], {
        fastClock: 100,
        env: { ...BASE_URLS, HTTPS_PROXY: `http://${USER}@127.0.0.1:${proxy.port}`, LOG_LEVEL: 'trace' },
      });

      const { error } = reportOf(ended);
      expect(ended.code).toBe(code);
      expect(error?.message).toContain('okta.test');
      expect(error?.message).toMatch(what);
      expect(error?.hint).toMatch(hint);
      expect(error?.hint).toContain('HTTPS_PROXY');
      expectNoPassword(ended);
    },
  );

  test('because nobody listens is told so', async ({ makeStage }) => {
    const stage = await makeStage();
    const port = await freePort();

    const ended = await stage.run(['dry-run'], {
      fastClock: 100,
      env: { ...BASE_URLS, HTTPS_PROXY: `http://${USER}@127.0.0.1:${port}` },
    });

    expect(ended.code).toBe(1);
    expect(toldLines(ended).join('\n')).toMatch(
      /the proxy cannot be reached \(ECONNREFUSED\)[^]*HTTPS_PROXY/,
    );
    expectNoPassword(ended);
  });

  test('to the intake keeps the events for later', async ({ makeStage }) => {
    const stage = await makeStage();
    const proxy = await proxyThat(() => ({ refusal: '407 Proxy Authentication Required' }));

    const ended = await stage.run(['sync'], {
      fastClock: 100,
      env: { SEKOIA_BASE_URL: 'https://intake.test', HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
    });

    const { error, intake, users } = reportOf(ended);
    expect(ended.code).toBe(3);
    expect(intake.pending).toBe(users.emitted);
    expect(error?.message).toContain('the intake at intake.test');
    expect(`${error?.message} ${error?.hint}`).toMatch(/HTTP 407.*HTTPS_PROXY/);
  });
});

test('whole job, proxy: this machine itself is reached without the proxy', async ({ makeStage }) => {
  const stage = await makeStage();

  const ended = await stage.run(['sync'], { env: { HTTPS_PROXY: `http://127.0.0.1:${await freePort()}` } });

  expect(ended.code).toBe(0);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === 'object' && address !== null ? address.port : 0;
}
