import { html, raw } from 'hono/html';
import type { Calendar } from './words.ts';

/** Text whose values are escaped. */
export type Markup = ReturnType<typeof html>;

export interface Column {
  readonly name: string;
  /** Figures stand right, one under the other. */
  readonly isFigure?: boolean;
}

const FIGURE = raw(' class="figure"');

type Cell = string | number | Markup;

/** The first cell of a row names it. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Markup {
  const lookOf = (at: number): Markup | string => (columns[at]?.isFigure === true ? FIGURE : '');
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map(({ name }, at) => html`<th scope="col" ${lookOf(at)}>${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map((cell, at) =>
              at === 0 ? html`<th scope="row">${cell}</th>` : html`<td${lookOf(at)}>${cell}</td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A table behind a line that opens it. Its id lets it stay open while the page renews itself. */
export function folded(id: string, summary: string, body: Markup): Markup {
  return html`<details id="${id}">
    <summary>${summary}</summary>
    ${body}
  </details>`;
}

export function time(instant: number, words: string): Markup {
  return html`<time datetime="${new Date(instant).toISOString()}">${words}</time>`;
}

/** Without the space at the beginning of lines, a third of the page. */
export function compact(text: string): string {
  return text.replaceAll(/\n\s+/g, '\n');
}

export function section(id: string, title: string, body: Markup): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <div>${body}</div>
  </section>`;
}

export interface Figure {
  readonly name: string;
  readonly value: string | Markup;
  readonly more?: string | Markup;
}

export function figures(list: readonly Figure[]): Markup {
  return html`<dl class="figures">
    ${list.map(
      ({ name, value, more }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
          ${more === undefined ? '' : html`<dd class="muted">${more}</dd>`}
        </div>`,
    )}
  </dl>`;
}

/** As an operator's clock shows it. */
export function moment(instant: string, calendar: Calendar): Markup {
  const at = Date.parse(instant);
  return time(at, calendar.moment(at));
}
