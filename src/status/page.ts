import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { alertsSection } from './alerts-section.ts';
import { budgetSection } from './budget-section.ts';
import { deliverySection } from './delivery-section.ts';
import { compact, type Markup } from './markup.ts';
import { nextSection, nowSection } from './now-sections.ts';
import { postureSection } from './posture-section.ts';
import { runsSection } from './runs-section.ts';
import { SCRIPT } from './script.ts';
import type { Status } from './status.ts';
import { STYLE } from './style.ts';
import { verdict } from './verdict.ts';
import { Calendar } from './words.ts';

/** For a `Content-Security-Policy`: the page's own style and script, by their hashes. */
export const OWN_STYLE = hashOf(STYLE);
export const OWN_SCRIPT = hashOf(SCRIPT);

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** The text must stand in the page to the letter, because its hash is allowed and no other. */
function element(name: 'style' | 'script', text: string): Markup {
  return raw(`<${name}>${text}</${name}>`);
}

/** The page of a worker, which renews itself. */
export function livePage(status: Status): Promise<string> {
  const noScript = html`<noscript>Without script it does not renew itself: reload it.</noscript>`;
  return written(status, {
    aside: html`<p id="live" role="status">${noScript}</p>`,
    end: element('script', SCRIPT),
  });
}

/** The page as it is now, as one file that asks nobody for anything. */
export function frozenPage(status: Status): Promise<string> {
  return written(status, { aside: html`<p>A copy: it does not change any more.</p>`, end: html`` });
}

interface Surroundings {
  readonly aside: Markup;
  readonly end: Markup;
}

async function written(status: Status, { aside, end }: Surroundings): Promise<string> {
  const { product, org, health, time_zone: timeZone } = status;
  const calendar = new Calendar(Date.parse(status.at), timeZone);
  const title = `${STATE_WORDS[health.state]} - okta-ocsf${org === undefined ? '' : ` ${org}`}`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${element('style', STYLE)}
      </head>
      <body>
        <svg width="0" height="0" aria-hidden="true">
          <defs>
            <pattern
              id="hatch"
              width="3"
              height="3"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <path d="M1,0V4" />
            </pattern>
          </defs>
        </svg>
        <header>
          <h1>okta-ocsf</h1>
          ${org === undefined ? '' : html`<p>${org}</p>`} ${aside}
        </header>
        <main>
          ${verdict(status, calendar)} ${nowSection(status, calendar)} ${nextSection(status, calendar)}
          ${runsSection(status, calendar)} ${budgetSection(status)} ${deliverySection(status)}
          ${alertsSection(status, calendar)} ${postureSection(status, calendar)}
        </main>
        <footer>
          <p>okta-ocsf ${product}</p>
          <p>Times are of ${timeZone}.</p>
        </footer>
        ${end}
      </body>
    </html>`;
  return compact(String(await page));
}

const STATE_WORDS = {
  well: 'Well',
  starting: 'Starting',
  attention: 'Look at this',
  unwell: 'Unwell',
} as const;
