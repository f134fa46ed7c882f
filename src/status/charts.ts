/** Charts as SVG without text, made here: words and scales stand beside them as HTML, so that they stay readable. */
import { scaleBand, scaleLinear, scaleLog, scaleUtc } from 'd3-scale';
import { area } from 'd3-shape';
import { html } from 'hono/html';
import type { Markup } from './markup.ts';

/** The looks differ in more than colour: print and every eye tell them apart. */
type Look = 'yes' | 'some' | 'no' | 'unknown' | 'ours' | 'rest';

export interface Layer {
  readonly name: string;
  readonly look: Look;
}

/** One day of a curve: the value, and how much more it may be because that is unknown. Absent: nothing is known. */
export interface Day {
  readonly at: number;
  readonly value: number | undefined;
  readonly unknown: number;
}

const CURVE = { width: 360, height: 72 };

/** A line over time, with what is unknown as a band above it. A day of which nothing is known is a hole. */
export function curve(days: readonly Day[], [least, most]: readonly [number, number]): Markup {
  const { width, height } = CURVE;
  const x = scaleUtc()
    .domain([days[0]?.at ?? 0, days.at(-1)?.at ?? 1])
    .range([0, width]);
  const y = scaleLinear()
    .domain([least, most])
    .range([height - 1, 1]);
  const isKnown = ({ value }: Day): boolean => value !== undefined;
  const low = ({ value = 0 }: Day): number => y(value);
  const high = ({ value = 0, unknown }: Day): number => y(value + unknown);
  const shape = area<Day>()
    .defined(isKnown)
    .x(({ at }) => x(at))
    .digits(1);
  const known = shape.y0(height).y1(low)(days) ?? '';
  const band = shape.y0(low).y1(high)(days) ?? '';
  const top = shape.lineY0().digits(1)(days) ?? '';
  return html`<svg viewBox="0 0 ${width} ${height}" aria-hidden="true" class="curve">
    <path class="grid" d="M0,1H${width}M0,${height / 2}H${width}M0,${height - 1}H${width}" />
    <path class="below" d="${known}" />
    <path class="unknown" d="${band}" />
    <path class="line" d="${top}" />
  </svg>`;
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The ends of a scale of counts, from zero. */
export function countScale(values: readonly number[]): readonly [number, number] {
  const [, most = 1] = scaleLinear()
    .domain([0, Math.max(1, ...values)])
    .nice(4)
    .domain();
  return [0, most];
}

const TENTH = 0.1;

/** The ends of a scale of shares, in tenths: near the values, so that a change of a few points is seen. */
export function shareScale(values: readonly number[]): readonly [number, number] {
  const least = Math.min(0.9, Math.floor(Math.min(...values) / TENTH) * TENTH);
  return [least, Math.min(1, Math.max(least + TENTH, Math.ceil(Math.max(...values) / TENTH) * TENTH))];
}

/** One bar that shows the parts of a whole. */
export function partsBar(layers: readonly Layer[], values: readonly number[]): Markup {
  const all = sumOf(values);
  const x = scaleLinear()
    .domain([0, Math.max(1, all)])
    .range([0, 1000]);
  let before = 0;
  const parts = layers.map(({ look }, at) => {
    const value = values[at] ?? 0;
    const [from, to] = [x(before), x(before + value)];
    before += value;
    // A part that is there is seen, however small.
    const width = value === 0 ? 0 : Math.max(4, to - from);
    return html`<rect
      class="${look}"
      x="${Math.min(from, 1000 - width).toFixed(1)}"
      width="${width.toFixed(1)}"
      height="10"
    />`;
  });
  return html`<svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" class="parts">
    ${parts}
  </svg>`;
}

export interface RunShape {
  readonly seconds: number;
  readonly look: 'full' | 'short';
  readonly mark: 'failed' | 'gaps' | 'stopped' | undefined;
  readonly words: string;
}

const RUNS = { width: 1000, height: 120, strip: 10 };
/** Each step of the scale is sixty times the one below it: a second, a minute, an hour. */
const STEP = 60;
const STEPS = ['1 s', '1 min', '1 h', '60 h'] as const;

/** The steps of the scale of these runs, from below. */
export function runScale(runs: readonly Pick<RunShape, 'seconds'>[]): readonly string[] {
  return runs.some(({ seconds }) => seconds > STEP ** 2) ? STEPS : STEPS.slice(0, 3);
}

/** Runs as bars, the oldest first: as high as they were long, with a mark below those that did not simply complete. */
export function runBars(runs: readonly RunShape[], places: number): Markup {
  const { width, height, strip } = RUNS;
  const x = scaleBand<number>()
    .domain(Array.from({ length: places }, (_, at) => at))
    .range([0, width])
    .paddingInner(0.3);
  const steps = runScale(runs).length - 1;
  const y = scaleLog()
    .domain([1, STEP ** steps])
    .range([height, 0])
    .clamp(true);
  const lines = Array.from(
    { length: steps + 1 },
    (_, at) => `M0,${(height * (at / steps)).toFixed(1)}H${width}`,
  );
  const first = places - runs.length;
  return html`<svg
    viewBox="0 0 ${width} ${height + strip}"
    preserveAspectRatio="none"
    aria-hidden="true"
    class="runs"
  >
    <path class="grid" d="${lines.join('')}" />
    ${runs.map(({ seconds, look, mark, words }, at) => {
      const left = (x(first + at) ?? 0).toFixed(1);
      const top = Math.min(height - 3, y(Math.max(1, seconds)));
      const wide = x.bandwidth().toFixed(1);
      return html`<g>
        <title>${words}</title>
        <rect
          class="${look} ${mark ?? ''}"
          x="${left}"
          y="${top.toFixed(1)}"
          width="${wide}"
          height="${(height - top).toFixed(1)}"
        />
        ${mark === undefined ? '' : html`<rect class="mark ${mark}" x="${left}" y="${height + 4}" width="${wide}" height="6" />`}
      </g>`;
    })}
  </svg>`;
}
