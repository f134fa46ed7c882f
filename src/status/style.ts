import { compact } from './markup.ts';

/** The page's own style. Colours are named once; everything else is space and type. */
export const STYLE = compact(`
:root {
  color-scheme: light dark;
  --paper: light-dark(#fff, #12171a);
  --ink: light-dark(#1a2226, #e4e9eb);
  --muted: light-dark(#57646b, #9caab1);
  --line: light-dark(#e3e8ea, #2a3338);
  --rest: light-dark(#edf1f2, #222b30);
  --accent: light-dark(#0b6b66, #55c3b8);
  --soft: light-dark(#9fcdc8, #2b6f6a);
  --grey: light-dark(#8a979d, #7d8b92);
  --alarm: light-dark(#b3261e, #ff9d94);
}
* { box-sizing: border-box; margin: 0; }
body {
  max-width: 66rem; margin: 0 auto; padding: 2rem 1.5rem 4rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
header, footer { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; color: var(--muted); font-size: .875rem; }
h1 { font-size: .875rem; font-weight: 600; color: var(--ink); }
header p:last-child { margin-left: auto; }
h2 { font-size: .875rem; font-weight: 600; line-height: 1.5rem; }
h3 { font-size: .875rem; font-weight: 600; }
section { padding: 1.5rem 0; border-top: 1px solid var(--line); }
section.verdict { padding: 3rem 0 2.5rem; border: 0; }
a { color: var(--accent); }
code { font: .8125em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--rest); padding: .125em .375em; border-radius: .25em; white-space: nowrap; }
ul { list-style: none; padding: 0; }
.muted, figcaption, caption, dt { color: var(--muted); }
.sentence { display: flex; gap: 1rem; align-items: flex-start; font-size: 1.75rem; line-height: 1.3; font-weight: 500; letter-spacing: -.01em; text-wrap: balance; }
.state { flex: none; width: 2rem; height: 2rem; margin-top: .15rem; fill: none; stroke: var(--accent); stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.well .state circle { fill: var(--accent); }
.well .state path { stroke: var(--paper); stroke-width: 2.25; }
.unwell .state { stroke: var(--alarm); }
.unwell .state circle { fill: var(--alarm); }
.unwell .state path { stroke: var(--paper); stroke-width: 2.25; }
.verdict > p.muted { margin: .75rem 0 0 3rem; font-size: .875rem; }
.reasons { margin: 1rem 0 0 3rem; display: grid; gap: .5rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1rem 1.5rem; margin-top: 1.25rem; }
.figures:first-child { margin-top: 0; }
dt { font-size: .8125rem; }
dd { font-size: 1.25rem; line-height: 1.4; }
dd.muted { font-size: .8125rem; }
section#runs figcaption { font-size: 1rem; color: inherit; }
section > div > h3 { margin-top: 1.5rem; }
h3 + table { margin-top: .5rem; }
.help { margin-top: 1rem; display: grid; gap: .375rem; font-size: .875rem; }
svg { display: block; width: 100%; }
.parts { height: .625rem; border-radius: .125rem; }
p + .parts { margin-top: .75rem; }
#runs .legend { margin-left: 3.25rem; }
.plot { display: grid; grid-template-columns: auto 1fr; gap: .5rem; margin-top: 1.25rem; }
.scale { display: flex; flex-direction: column; justify-content: space-between; align-items: flex-end; min-width: 2.75rem; margin: -.5rem 0; font-size: .75rem; line-height: 1rem; color: var(--muted); }
.runs { height: 8.125rem; }
section#runs .scale { height: calc(7.5rem + 1rem); }
.ends { display: flex; justify-content: space-between; padding-left: 3.25rem; font-size: .75rem; color: var(--muted); }
.grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.axis { stroke: var(--grey); stroke-width: 1; vector-effect: non-scaling-stroke; }
.yes, .full { fill: var(--accent); background: var(--accent); }
.some, .short { fill: var(--soft); background: var(--soft); }
.ours { fill: var(--soft); background: var(--soft); }
.no { fill: var(--grey); background: var(--grey); }
.rest { fill: var(--rest); background: var(--rest); }
.unknown { fill: url(#hatch); background: repeating-linear-gradient(135deg, var(--grey) 0 1px, transparent 1px 3px); }
.below { fill: var(--accent); fill-opacity: .1; }
.line { fill: none; stroke: var(--accent); stroke-width: 1.75; stroke-linejoin: round; }
#hatch path { stroke: var(--grey); stroke-width: 1; }
rect.failed, i.failed { fill: var(--alarm); background: var(--alarm); }
rect.mark.gaps, i.gaps { fill: var(--ink); background: var(--ink); }
rect.mark.stopped, i.stopped { fill: var(--grey); background: var(--grey); }
i { display: inline-block; width: .625rem; height: .625rem; margin-right: .5rem; border-radius: .125rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: .5rem; font-size: .8125rem; color: var(--muted); }
i.gaps, i.stopped { height: .3125rem; vertical-align: middle; }
table { width: 100%; margin-top: 1rem; border-collapse: collapse; font-size: .8125rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: .3125rem .75rem .3125rem 0; border-bottom: 1px solid var(--line); text-align: left; font-weight: 400; vertical-align: middle; }
.figure, tbody th { white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-size: .75rem; }
tbody tr:last-child > * { border-bottom: 0; }
.figure { text-align: right; }
td > .parts { min-width: 3rem; }
details { margin-top: .75rem; font-size: .8125rem; }
summary { color: var(--accent); cursor: pointer; width: fit-content; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: .125rem; }
.cards { display: grid; gap: 2.5rem 3rem; margin-top: 2rem; }
.card { min-width: 0; }
.card .figure { width: 4.75rem; }
.big { font-size: 1.75rem; line-height: 1.3; font-weight: 500; letter-spacing: -.01em; }
.big small { margin-left: .5rem; font-size: .8125rem; font-weight: 400; letter-spacing: 0; color: var(--muted); }
figcaption { font-size: .875rem; }
.card > .parts { margin-top: .75rem; }
td > .parts, .card td > .parts { margin: 0; }
footer { margin-top: 1rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
@media (min-width: 52rem) {
  section:not(.verdict, [hidden]) { display: grid; grid-template-columns: 9rem minmax(0, 1fr); }
  .cards { grid-template-columns: 1fr 1fr; }
}
@media (max-width: 30rem) {
  th, td { padding-right: .375rem; }
  details tbody th { white-space: normal; }
  td code { white-space: normal; overflow-wrap: anywhere; }
  body { padding: 1.25rem 1rem 3rem; }
  section.verdict { padding: 2rem 0 1.75rem; }
  .sentence { font-size: 1.375rem; gap: .75rem; }
  header p:last-child { margin-left: 0; }
  .state { width: 1.625rem; height: 1.625rem; }
  .verdict > p.muted, .reasons { margin-left: 2.375rem; }
}
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: .8125rem; }
  section, .card, tr { break-inside: avoid; }
  section#posture { break-inside: auto; }
  .cards { grid-template-columns: 1fr 1fr; }
  #live, details { display: none; }
  svg, i { print-color-adjust: exact; }
}
`);
