// The picture of the runs: memory and time by connections, a line a stage, as SVG that reads well on light and on dark
// paper.

import type { Run } from './measure.ts';

const PANEL = { width: 330, height: 200 };
const PLOT = { left: 44, top: 24, width: 262, height: 138 };
/** Colours that colour-blind people can tell apart too. */
const COLOURS = ['#d55e00', '#0072b2', '#009e73', '#cc79a7', '#8c8c8c'];
const STYLE = `
  text { font: 10px system-ui, sans-serif; fill: #444 }
  .title { font-weight: 600; fill: #111 }
  .axis { stroke: #999; stroke-width: 1; fill: none }
  .grid { stroke: #999; stroke-width: 0.5; opacity: 0.4 }
  .line { stroke-width: 1.5; fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #bbb } .title { fill: #eee } .axis, .grid { stroke: #777 }
  }`;

interface Panel {
  readonly title: string;
  readonly ticks: readonly (readonly [value: number, name: string])[];
  readonly valueOf: (run: Run) => number;
}

const MEMORY: Panel = {
  title: 'resident memory, by connections',
  ticks: [
    [16, '16 MB'],
    [64, '64 MB'],
    [256, '256 MB'],
    [1024, '1 GB'],
    [4096, '4 GB'],
    [16384, '16 GB'],
  ],
  valueOf: ({ rssMaxMb }) => rssMaxMb,
};
const WALL: Panel = {
  title: 'time, as a multiple of the ideal',
  ticks: [
    [1, '1'],
    [1.25, '1.25'],
    [1.5, '1.5'],
    [2, '2'],
    [3, '3'],
    [4, '4'],
  ],
  // A crawl that broke has no time.
  valueOf: ({ wallMs, idealMs, stoppedBy }) => (stoppedBy === null ? wallMs / idealMs : Number.NaN),
};

export function drawRuns(runs: readonly Run[]): string {
  const stages = [...new Set(runs.map(({ stage }) => stage))];
  const panels = [MEMORY, WALL].map((panel, at) => {
    return `<g transform="translate(${at * PANEL.width} 0)">${drawPanel(panel, runs, stages)}</g>`;
  });
  const legend = stages.map((stage, at) => {
    const x = PLOT.left + at * 118;
    return `<path class="line" stroke="${COLOURS[at]}" d="M${x} 204h14"/><text x="${x + 18}" y="207.5">${stage}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * PANEL.width} 230" role="img" aria-label="Memory and time of each stage by connections">
<style>${STYLE}
</style>
${[...panels, ...legend].join('\n')}
<text x="${PLOT.left}" y="224">A cross is where a stage broke, and how many threads it had then.</text>
</svg>
`;
}

function drawPanel(panel: Panel, runs: readonly Run[], stages: readonly string[]): string {
  const { left, top, width, height } = PLOT;
  const counts = [...new Set(runs.map(({ connections }) => connections))].sort((a, b) => a - b);
  const [low, high] = [panel.ticks[0]![0], panel.ticks.at(-1)![0]];
  const xOf = scale(counts[0]!, counts.at(-1)!, left, left + width);
  const yOf = scale(low, high, top + height, top);
  const lines = stages.map((stage, at) => {
    const own = runs.filter((run) => run.stage === stage && !Number.isNaN(panel.valueOf(run)));
    const points = own.map((run) => ({
      x: xOf(reached(run)),
      y: yOf(panel.valueOf(run)),
      isBroken: run.stoppedBy !== null,
    }));
    return drawLine(points, COLOURS[at]!);
  });
  return [
    `<text class="title" x="${left}" y="14">${panel.title}</text>`,
    `<path class="axis" d="M${left} ${top}V${top + height}H${left + width}"/>`,
    ...panel.ticks.map(([value, name]) => {
      const y = yOf(value).toFixed(1);
      return `<path class="grid" d="M${left} ${y}h${width}"/><text x="${left - 4}" y="${y}" dy="3" text-anchor="end">${name}</text>`;
    }),
    ...counts.map((count) => {
      const x = xOf(count).toFixed(1);
      return `<text x="${x}" y="${top + height + 13}" text-anchor="middle">${count.toLocaleString('en')}</text>`;
    }),
    ...lines,
  ].join('');
}

/** The connections of a run; if it broke before that, its threads. */
function reached({ connections, threadsMax, stoppedBy }: Run): number {
  return stoppedBy === null ? connections : Math.min(connections, threadsMax);
}

function drawLine(points: readonly { x: number; y: number; isBroken: boolean }[], colour: string): string {
  const path = points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
  const crosses = points.filter(({ isBroken }) => isBroken).map(({ x, y }) => `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`);
  return `<path class="line" stroke="${colour}" d="${[path, ...crosses].join('')}"/>`;
}

/** A logarithmic scale that keeps to its ends. */
function scale(low: number, high: number, from: number, to: number): (value: number) => number {
  const span = Math.log(high / low) || 1;
  return (value) => from + Math.min(Math.max(Math.log(value / low) / span, 0), 1) * (to - from);
}
