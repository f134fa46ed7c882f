import axe from 'axe-core';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { listen } from '../src/http/server.ts';
import { systemClock } from '../src/process/clock.ts';
import { createLog } from '../src/process/log.ts';
import { makeStatus } from '../src/status/make-status.ts';
import { frozenPage } from '../src/status/page.ts';
import { SCENES } from '../src/status/status.fixture.ts';
import { statusPage } from '../src/worker/status-page.ts';

/** Debian's. `.ci/run` installs it where it can. */
const CHROMIUM = '/usr/bin/chromium';
const SKIPPED = existsSync(CHROMIUM) ? '' : ` (skipped: there is no ${CHROMIUM})`;
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
];
const SOON = { timeout: 15_000, interval: 50 } as const;

const found = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

describe.skipIf(SKIPPED !== '')(`status page in a browser${SKIPPED}`, { timeout: 60_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  }, 60_000);

  afterAll(() => browser.close());

  /** A page of a context of its own; gives also what its console and its errors said. */
  async function open(options: BrowserContextOptions): Promise<{ page: Page; said: string[] }> {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    return { page, said };
  }

  async function serve(scene: {
    now: keyof typeof SCENES;
  }): Promise<{ url: string; close: () => Promise<void> }> {
    const log = createLog(
      { write: () => undefined },
      { level: 'silent', secrets: [], pretty: false, now: Date.now },
    );
    const { app } = statusPage({
      read: async () => makeStatus(SCENES[scene.now]),
      isShown: () => true,
      clock: systemClock,
      log,
    });
    const pages = { app, allowedHosts: () => [] };
    const server = await listen({ host: '127.0.0.1', port: 0, routes: {}, pages, log });
    onTestFinished(() => server.close());
    return server;
  }

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const result = found.parse(await page.evaluate('axe.run()'));
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`),
    );
  }

  test.each([
    ['run', 'light', 1200],
    ['failure', 'dark', 390],
  ] as const)('of %s, %s, %i px wide, is fit for all and no wider', async (scene, colorScheme, width) => {
    const { page } = await open({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    await page.setContent(await frozenPage(makeStatus(SCENES[scene])));

    await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');

    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const empty = await page.locator('section:empty').all();
    expect(await Promise.all(empty.map((each) => each.isVisible()))).not.toContain(true);
  });

  test('renews itself, keeps what is open, asks no other host, and says when it cannot any more', async () => {
    const scene: { now: keyof typeof SCENES } = { now: 'rest' };
    const server = await serve(scene);
    const { page, said } = await open({});
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(server.url);
    const sentence = () => page.locator('.sentence').textContent();
    const live = () => page.locator('#live').textContent();

    await expect.poll(live, SOON).toBe('Live');
    expect(await sentence()).toContain('All is well');
    await page.locator('#mfa-table summary').press('Enter');
    scene.now = 'failure';
    await expect.poll(sentence, SOON).toContain('Okta refuses the credential');
    expect(await page.locator('#mfa-table').getAttribute('open')).toBe('');
    expect(await page.title()).toMatch(/^Unwell/);
    expect(said).toEqual([]);
    expect(asked.filter((each) => !each.startsWith(server.url))).toEqual([]);

    await server.close();
    await expect.poll(live, SOON).toMatch(/^Not live since /);
  });

  test('works without script, and then says that it does not renew itself', async () => {
    const { url } = await serve({ now: 'rest' });
    const { page, said } = await open({ javaScriptEnabled: false });
    await page.goto(url);

    expect(await page.locator('main').textContent()).toMatch(/As of\s+Tuesday, 14 April 2026 at 08:42:10/);
    expect(await page.locator('#live').textContent()).toContain('reload it');
    await page.locator('#runs-table summary').click();
    expect(await page.locator('#runs-table table').isVisible()).toBe(true);
    expect(said).toEqual([]);
  });
});
