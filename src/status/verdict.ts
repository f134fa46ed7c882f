import { html } from 'hono/html';
import { moment, time, type Markup } from './markup.ts';
import type { Status } from './status.ts';
import type { Calendar } from './words.ts';

/** Is it well? One sentence, and what to do if not. */
export function verdict({ at, health }: Status, calendar: Calendar): Markup {
  const reasons = health.reasons.map(
    ({ since, what, todo }) =>
      html`<li>
        <strong>${capital(what)}</strong>${
          since === undefined ? '' : html`, since ${moment(since, calendar)}`
        }.
        ${commands(capital(todo))}.
      </li>`,
  );
  return html`<section id="health" class="verdict ${health.state}" aria-label="Is it well?">
    <p class="sentence">${mark(health.state)}<span>${health.sentence}</span></p>
    ${
      reasons.length === 0
        ? ''
        : html`<ul class="reasons">
            ${reasons}
          </ul>`
    }
    <p class="muted">As of ${time(Date.parse(at), calendar.exact(Date.parse(at)))}</p>
  </section>`;
}

const MARKS = {
  well: 'M7 12.5l3.5 3.5L17 9',
  starting: 'M12 7v5l3.5 2',
  attention: 'M12 7v6M12 16.5v.5',
  unwell: 'M8.5 8.5l7 7M15.5 8.5l-7 7',
} as const;

function mark(state: Status['health']['state']): Markup {
  return html`<svg viewBox="0 0 24 24" class="state" aria-hidden="true">
    <circle cx="12" cy="12" r="11" />
    <path d="${MARKS[state]}" />
  </svg>`;
}

/** Text in which `this` is a command. */
function commands(text: string): Markup {
  return html`${text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
