import { html } from 'hono/html';
import { moment, section, table, type Markup } from './markup.ts';
import type { Status } from './status.ts';
import { counted, countOf, type Calendar } from './words.ts';

/** Rules of alerts that have something open. Hidden where nothing is open and nothing waits. */
export function alertsSection({ alerts = [], notices }: Status, calendar: Calendar): Markup {
  const waiting = notices?.waiting ?? 0;
  // The page renews sections that it has: one that has nothing to show is there too.
  if (alerts.length === 0 && waiting === 0) return html`<section id="alerts" hidden></section>`;
  const body = html`
    ${
      alerts.length === 0
        ? html`<p>No alert is open.</p>`
        : table(
            'Alerts that are open, by rule',
            [
              { name: 'Rule' },
              { name: 'Severity' },
              { name: 'Open', isFigure: true },
              { name: 'Not confirmed', isFigure: true },
              { name: 'Since' },
            ],
            alerts.map(({ id, severity = 'unknown', open, unconfirmed, since }) => [
              id,
              severity,
              counted(open),
              counted(unconfirmed),
              moment(since, calendar),
            ]),
          )
    }
    ${waiting === 0 ? '' : html`<p>${countOf(waiting, 'message')} ${waiting === 1 ? 'waits' : 'wait'} for the webhook.</p>`}
  `;
  return section('alerts', 'Alerts', body);
}
