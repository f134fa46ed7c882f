import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { run } from './programs.fixture.ts';
import { hasProgram } from './prometheus.fixture.ts';

const EXAMPLES = join(import.meta.dirname, '../../docs/examples/hooks');
const CERTIFICATES = join(import.meta.dirname, '../private-ca');
/** The default of HOOK_PATH. */
const PATH = '/okta/events';

const Ingress = z.object({
  kind: z.literal('Ingress'),
  spec: z.object({
    rules: z.tuple([
      z.object({
        http: z.object({ paths: z.tuple([z.looseObject({ path: z.string(), pathType: z.string() })]) }),
      }),
    ]),
  }),
});

function example(name: string): string {
  return readFileSync(join(EXAMPLES, name), 'utf8');
}

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-proxy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('hooks, proxies: each example', () => {
  test('hands on the path of the worker alone', () => {
    const [service, ingress, policy] = parseAllDocuments(example('ingress.yaml')).map((each) => each.toJS());

    expect(Ingress.parse(ingress).spec.rules[0].http.paths[0]).toMatchObject({
      path: PATH,
      pathType: 'Exact',
    });
    expect(service.spec.publishNotReadyAddresses).toBe(true);
    expect(policy.spec).toMatchObject({
      podSelector: { matchLabels: service.spec.selector },
      ingress: [{ ports: [{ port: service.spec.ports[0].targetPort }] }],
    });
    expect(example('nginx.conf')).toContain(`location = ${PATH} {`);
    expect(example('Caddyfile')).toContain(`path ${PATH}\n`);
    // 8m of nginx and 8MiB of Caddy are the 8 MiB of the receiver; 8MB of Caddy would be less.
    expect(example('nginx.conf')).toContain('client_max_body_size 8m;');
    expect(example('Caddyfile')).toContain('max_size 8MiB\n');
  });

  test.skipIf(!hasProgram('nginx'))(
    'is a right configuration of nginx, where nginx is installed',
    async () => {
      const folder = scratch();
      const server = example('nginx.conf')
        .replace('listen 443 ssl', 'listen 127.0.0.1:18443 ssl')
        .replace('/etc/ssl/hooks.example.com/fullchain.pem', join(CERTIFICATES, 'server.pem'))
        .replace('/etc/ssl/hooks.example.com/privkey.pem', join(CERTIFICATES, 'server-key.pem'));
      const file = join(folder, 'nginx.conf');
      const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (each) => `${each}_temp_path ${join(folder, each)};`,
      );
      const http = ['access_log off;', ...kept, server].join('\n');
      writeFileSync(file, `pid ${join(folder, 'pid')};\nevents {}\nhttp {\n${http}\n}\n`);

      const { code, output } = await run('nginx', ['-t', '-q', '-e', 'stderr', '-p', folder, '-c', file]);

      expect([code, output]).toEqual([0, expect.not.stringContaining('[emerg]')]);
    },
  );

  test.skipIf(!hasProgram('caddy'))(
    'is a right configuration of Caddy, where Caddy is installed',
    async () => {
      const folder = scratch();
      const args = ['validate', '--adapter', 'caddyfile', '--config', join(EXAMPLES, 'Caddyfile')];
      const { code, output } = await run('caddy', args, { HOME: folder, XDG_DATA_HOME: folder });

      expect([code, output]).toEqual([0, expect.stringContaining('Valid configuration')]);
    },
  );
});
