import { html } from 'hono/html';
import { figures, section, table, time, type Markup } from './markup.ts';
import type { Status } from './status.ts';
import { counted, lasting } from './words.ts';

const GAP_WORDS = {
  refused: 'Okta refuses to say (403)',
  missing: 'the org does not offer the question',
  unavailable: 'no usable answer, however often asked',
  unreadable: 'the answer makes no sense',
  gone: 'gone from Okta in the meantime',
} as const;

export function deliverySection(status: Status): Markup {
  const { outbox, dead_letters: letters, gaps } = status;
  const body = html`
    ${figures([
      {
        name: 'Waiting in the outbox',
        value: outbox.events === undefined ? 'unknown' : counted(outbox.events),
        more: aged(outbox, status.at) ?? (outbox.events === 0 ? 'the intake has every event' : ''),
      },
      {
        name: 'Dead letters',
        value: letters.events === undefined ? 'unknown' : counted(letters.events),
        more: aged(letters, status.at) ?? (letters.events === 0 ? 'every event can be delivered' : ''),
      },
    ])}
    ${helpOf(status)}
    ${
      gaps.length === 0
        ? ''
        : html`<h3>Answers that are unknown now</h3>
            ${table(
              'Answers that are unknown now',
              [{ name: 'Lookup' }, { name: 'Why' }, { name: 'Answers', isFigure: true }],
              gaps.map(({ lookup, reason, count }) => [lookup, GAP_WORDS[reason], counted(count)]),
            )}`
    }
  `;
  return section('delivery', 'Delivery', body);
}

function aged(
  { oldest_at: oldestAt }: { readonly oldest_at?: string | undefined },
  at: string,
): Markup | undefined {
  if (oldestAt === undefined) return undefined;
  return html`the oldest for ${time(Date.parse(oldestAt), lasting(Date.parse(at) - Date.parse(oldestAt)))}`;
}

const HELP: Readonly<Record<string, readonly Markup[]>> = {
  outbox: [html`<li><code>okta-ocsf test</code> tries the intake and its key.</li>`],
  dead_letters: [
    html`<li><code>okta-ocsf dead-letters</code> shows why they cannot be delivered.</li>`,
    html`<li><code>okta-ocsf dead-letters replay</code> offers them again, once the cause is mended.</li>`,
  ],
};

function helpOf({ health: { reasons } }: Status): Markup | string {
  const lines = reasons.flatMap(({ code }) => HELP[code] ?? []);
  return lines.length === 0
    ? ''
    : html`<ul class="help">
        ${lines}
      </ul>`;
}
