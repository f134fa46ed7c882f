import { existsSync, globSync, readFileSync } from 'node:fs';
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
const SETTINGS_PAGE = fileURLToPath(new URL('../docs/settings.md', import.meta.url));
const COMMANDS_PAGE = fileURLToPath(new URL('../docs/commands.md', import.meta.url));
const LONGEST_README_LINES = 200;
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

describe('manifest: connector.json', () => {
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

/** Every page of the repository, by its path there. */
const PAGES = globSync(['*.md', 'docs/**/*.md', 'schemas/**/*.md'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
}).map((path) => path.replaceAll('\\', '/'));

/** Targets of links without code blocks, which only look like links. */
function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^```[^]*?^```/gmu, '');
  return [...prose.matchAll(/\]\((?!https?:|mailto:)([^)]+)\)/gu)].map(([, target = '']) => target);
}

/** The names that GitHub gives to the headings of a page. */
function anchorsOf(text: string): string[] {
  const headings = text.replaceAll(/^```[^]*?^```/gmu, '').matchAll(/^#+ (.+)$/gmu);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('manifest: docs/settings.md has the settings as the code has them', async () => {
  const page = readFileSync(SETTINGS_PAGE, 'utf8');
  const fresh = page.replace(
    /(<!-- settings[^>]*-->)[^]*(<!-- \/settings -->)/u,
    (_whole, start: string, end: string) => `${start}\n\n${settingsTable()}\n\n${end}`,
  );

  expect(page).toContain('<!-- /settings -->');
  await expect(await formatted(fresh, SETTINGS_PAGE)).toMatchFileSnapshot(SETTINGS_PAGE);
});

test('manifest: docs/commands.md has a section for every command, and for no other', async () => {
  const { world, stdout } = createTestWorld();
  await cli(['--help'], world);
  const commands = [...stdout().matchAll(/^ {2}([a-z][a-z-]+) /gmu)].map(([, name = '']) => name);
  const page = readFileSync(COMMANDS_PAGE, 'utf8');
  const sections = [...page.matchAll(/^## `([a-z-]+)/gmu)].map(([, name = '']) => name);

  expect(new Set(sections)).toEqual(new Set(commands));
});

test('manifest: the README stays short enough to be read', () => {
  const lines = readFileSync(README, 'utf8').trimEnd().split('\n');

  expect(lines.length).toBeLessThanOrEqual(LONGEST_README_LINES);
});

test('manifest: the README names every page of docs', () => {
  const pages = PAGES.filter((path) => /^docs\/[^/]+\.md$/u.test(path));
  const links = linksOf(readFileSync(README, 'utf8'));

  expect(pages.length).toBeGreaterThan(5);
  expect(pages.filter((path) => !links.includes(path))).toEqual([]);
});

test.each(PAGES)('manifest: %s links to files and headings that are there', (page) => {
  const file = new URL(`../${page}`, import.meta.url);
  const own = readFileSync(file, 'utf8');
  const isThere = (link: string): boolean => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : new URL(path, file);
    if (!existsSync(target)) return false;
    return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
  };

  expect(linksOf(own).filter((link) => !isThere(link))).toEqual([]);
});

test('manifest: the package holds what its README links to', () => {
  const alwaysThere = ['README.md', 'LICENSE', 'package.json'];
  const links = [...readFileSync(README, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/gu)];

  const isThere = (path: string): boolean =>
    [...files, ...alwaysThere].some((kept) => path === kept || path.startsWith(`${kept}/`));
  expect(links.map(([, path = '']) => path).filter((path) => !isThere(path))).toEqual([]);
});

test('manifest: the image has the defaults that are said of it', () => {
  const dockerfile = readFileSync(DOCKERFILE, 'utf8');

  for (const [name, value] of Object.entries(IMAGE_DEFAULTS)) {
    expect(dockerfile).toMatch(new RegExp(String.raw`^(ENV)?\s+.*\b${name}=${value}( \\)?$`, 'mu'));
  }
});

test('manifest: the image keeps the debugger of Node shut while Node starts, whatever NODE_OPTIONS say', () => {
  const entry = /^ENTRYPOINT (?<argv>\[.+\])$/mu.exec(readFileSync(DOCKERFILE, 'utf8'))?.groups?.['argv'];

  expect(JSON.parse(entry ?? '')).toEqual(['node', '--disable-sigusr1', '/opt/okta-ocsf/bin/okta-ocsf.js']);
});
