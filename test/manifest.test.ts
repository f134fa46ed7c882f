import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import packageFile from '../package.json' with { type: 'json' };
import { cli } from '../src/cli.ts';
import { createTestWorld } from '../src/process/world.fixture.ts';
import {
  IMAGE_DEFAULTS,
  manifestNames,
  manifestPermissions,
  manifestSettings,
  settingsTable,
} from './manifest.ts';

const MANIFEST = fileURLToPath(new URL('../connector.json', import.meta.url));
const README = fileURLToPath(new URL('../README.md', import.meta.url));
const DOCKERFILE = fileURLToPath(new URL('../Dockerfile', import.meta.url));

const Named = z.record(z.string(), z.unknown());
const Limited = z.looseObject({ default: z.number(), minimum: z.number() });
const Connector = z.looseObject({
  configuration: z.looseObject({ properties: Named }),
  arguments: z.looseObject({ properties: z.looseObject({ frequency: Limited, batch_size: Limited }) }),
  settings: z.looseObject({ properties: z.looseObject({ FREQUENCY: Limited, BATCH_SIZE: Limited }) }),
});
const { version, files } = z.object({ version: z.string(), files: z.array(z.string()) }).parse(packageFile);

function readConnector(): z.output<typeof Connector> {
  return Connector.parse(JSON.parse(readFileSync(MANIFEST, 'utf8')));
}

/** As `npm run format` would leave it. */
async function formatted(text: string, filepath: string): Promise<string> {
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

describe('connector.json', () => {
  test('has the settings, their types, defaults and secrets as the code has them', async () => {
    const manifest = Named.parse(JSON.parse(readFileSync(MANIFEST, 'utf8')));
    const fresh = {
      ...manifest,
      version,
      settings: manifestSettings(),
      namesOfTheReferenceConnector: manifestNames(),
      oktaPermissions: manifestPermissions(),
    };

    await expect(await formatted(JSON.stringify(fresh), MANIFEST)).toMatchFileSnapshot(MANIFEST);
  });

  test('is known by the name, id and arguments of the reference connector', () => {
    const connector = readConnector();

    expect(connector).toMatchObject({
      name: 'Okta User',
      uuid: 'b2e2e2c7-1a3e-4b7a-9c2d-8e4f3a6b7c9d',
      type: 'asset',
      docker_parameters: 'user_okta_asset_connector',
      configuration: { required: ['base_url', 'apikey'], secrets: ['apikey'] },
      arguments: { required: ['sekoia_api_key'], secrets: ['sekoia_api_key'] },
    });
    const entries = [
      ...Object.keys(connector.configuration.properties).map((name) => `MODULE_CONFIGURATION ${name}`),
      ...Object.keys(connector.arguments.properties).map((name) => `CONNECTOR_CONFIGURATION ${name}`),
    ];
    const accepted = Object.values(manifestNames()).flat();
    expect(accepted.filter((name) => name.includes(' ')).toSorted()).toEqual(entries.toSorted());
  });

  test('says of the arguments what it says of the settings they are', () => {
    const connector = readConnector();
    const { frequency, batch_size: batchSize } = connector.arguments.properties;
    const { FREQUENCY, BATCH_SIZE } = connector.settings.properties;

    expect([frequency.default, frequency.minimum]).toEqual([FREQUENCY.default, FREQUENCY.minimum]);
    expect([batchSize.default, batchSize.minimum]).toEqual([BATCH_SIZE.default, BATCH_SIZE.minimum]);
  });
});

describe('the README', () => {
  const readme = readFileSync(README, 'utf8');

  test('has the settings as the code has them', async () => {
    const fresh = readme.replace(
      /(<!-- settings[^>]*-->)[^]*(<!-- \/settings -->)/u,
      (_whole, start: string, end: string) => `${start}\n\n${settingsTable()}\n\n${end}`,
    );

    await expect(await formatted(fresh, README)).toMatchFileSnapshot(README);
  });

  test('has a section for every command, and for no other', async () => {
    const { world, stdout } = createTestWorld();
    await cli(['--help'], world);
    const commands = [...stdout().matchAll(/^ {2}([a-z][a-z-]+) /gmu)].map(([, name = '']) => name);
    const sections = [...readme.matchAll(/^### `([a-z-]+)/gmu)].map(([, name = '']) => name);

    expect(new Set(sections)).toEqual(new Set(commands));
  });
});

test.each(['README.md', 'docs/security.md', 'docs/moving-over.md', 'SECURITY.md'])(
  '%s links to files that are there',
  (page) => {
    const file = new URL(`../${page}`, import.meta.url);
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/gu)];

    expect(links.filter(([, path = '']) => !existsSync(new URL(path, file)))).toEqual([]);
  },
);

test('the package holds what its README links to', () => {
  const alwaysThere = ['README.md', 'LICENSE', 'package.json'];
  const links = [...readFileSync(README, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/gu)];

  const isThere = (path: string): boolean =>
    [...files, ...alwaysThere].some((kept) => path === kept || path.startsWith(`${kept}/`));
  expect(links.map(([, path = '']) => path).filter((path) => !isThere(path))).toEqual([]);
});

test('the image has the defaults that are said of it', () => {
  const dockerfile = readFileSync(DOCKERFILE, 'utf8');

  for (const [name, value] of Object.entries(IMAGE_DEFAULTS)) {
    expect(dockerfile).toMatch(new RegExp(String.raw`^(ENV)?\s+.*\b${name}=${value}( \\)?$`, 'mu'));
  }
});
