import { html } from 'hono/html';
import { partsBar } from './charts.ts';
import { section, table, type Markup } from './markup.ts';
import type { BucketUse, Status } from './status.ts';
import { counted, countOf, lasting } from './words.ts';

const BUDGET_LAYERS = [
  { name: 'spent', look: 'yes' },
  { name: 'left to us', look: 'ours' },
  { name: 'for others', look: 'rest' },
] as const;

export function budgetSection({ buckets, now }: Status): Markup {
  if (buckets.length === 0) {
    const why =
      now.state === 'unknown' ? 'Only the worker’s own page shows it.' : 'Okta has not shown its limits yet.';
    return section('budget', 'Budget', html`<p>${why}</p>`);
  }
  const tightest = buckets.toSorted(
    (one, other) => one.left / one.allowance - other.left / other.allowance,
  )[0];
  const body = html`
    <p>${tightest === undefined ? '' : budgetSentence(tightest)}</p>
    <ul class="legend" aria-hidden="true">
      ${BUDGET_LAYERS.map(({ name, look }) => html`<li><i class="${look}"></i>${name}</li>`)}
    </ul>
    ${table(
      'Calls of each Okta bucket: spent in this window, left to this connector, kept for others',
      [
        { name: 'Bucket' },
        { name: 'Use' },
        { name: 'Left', isFigure: true },
        { name: 'Ours', isFigure: true },
        { name: 'Limit', isFigure: true },
        { name: 'Window', isFigure: true },
      ],
      buckets.map(({ bucket, limit, allowance, left, window_seconds: seconds }) => [
        bucket,
        partsBar(BUDGET_LAYERS, [allowance - left, left, Math.max(0, limit - allowance)]),
        counted(left),
        counted(allowance),
        counted(limit),
        lasting(seconds * 1000),
      ]),
    )}
  `;
  return section('budget', 'Budget', body);
}

function budgetSentence({ bucket, left, allowance }: BucketUse): string {
  return left === allowance
    ? 'Nothing of this connector’s share is spent in the present window.'
    : `The tightest bucket is ${bucket}: ${counted(left)} of our ${countOf(allowance, 'call')} are left in this window.`;
}
