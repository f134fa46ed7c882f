import { expect, onTestFinished } from 'vitest';
import { CA_FILE, startProxy, startTlsFront } from './proxy.fixture.ts';
import { expectEvents } from './said.fixture.ts';
import { makeServiceApp } from './service-app.fixture.ts';
import { test } from './stage.fixture.ts';

/**
 * To be preloaded: each of these hosts has an address that takes longer to connect to than Node waits, unless it is told,
 * before it tries the next one; and an IPv6 address beside that cannot be reached. The hosts are ports of this machine.
 */
function slowConnect(portOf: Readonly<Record<string, number>>): string {
  const script = `
    import dns from 'node:dns';
    import { constants } from 'node:os';
    const ports = Object.entries(${JSON.stringify(portOf)});
    const { TCP } = process.binding('tcp_wrap');
    const { connect } = TCP.prototype;
    dns.lookup = (host, _, done) => {
      const at = ports.findIndex(([name]) => name === host);
      done(null, [{ address: '127.9.0.' + at, family: 4 }, { address: '2001:db8::1', family: 6 }]);
    };
    TCP.prototype.connect6 = () => -constants.errno.ENETUNREACH;
    TCP.prototype.connect = function (request, address) {
      const [, port] = ports[Number(address.split('.').at(-1))];
      setTimeout(() => connect.call(this, request, '127.0.0.1', port), 300);
      return 0;
    };
  `;
  return `--import=data:text/javascript,${encodeURIComponent(script)}`;
}

test.for(['straight', 'through a proxy'])(
  'whole job, slow connect: hosts that are slow to connect and have an unreachable IPv6 address beside are reached %s',
  async (way, { makeStage }) => {
    const { oauth, env } = makeServiceApp();
    const stage = await makeStage({ org: { users: 6 }, okta: { oauth, ownUrl: 'https://okta.test' } });
    const [okta, intake] = await Promise.all([
      startTlsFront(stage.okta.url),
      startTlsFront(stage.intake.url),
    ]);
    const proxy = await startProxy((target) => (target === 'okta.test:443' ? okta : intake));
    for (const { close } of [okta, intake, proxy]) onTestFinished(close);
    const portOf = { 'okta.test': okta.port, 'intake.test': intake.port, 'proxy.test': proxy.port };

    const ended = await stage.run(['sync'], {
      env: {
        ...env,
        OKTA_BASE_URL: 'https://okta.test',
        SEKOIA_BASE_URL: 'https://intake.test',
        ...(way === 'straight' ? {} : { HTTPS_PROXY: 'http://proxy.test:3128' }),
        NODE_EXTRA_CA_CERTS: CA_FILE,
        NODE_OPTIONS: slowConnect(portOf),
      },
    });

    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(new Set(proxy.connects)).toEqual(
      new Set(way === 'straight' ? [] : ['okta.test:443', 'intake.test:443']),
    );
    expectEvents(stage.intake.latestByUid(), stage.org);
  },
);
