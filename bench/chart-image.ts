// Drawings of what was measured, as SVG that reads well on light and on dark paper: bars, and lines over a count.

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** It is ours, and has another colour. */
  readonly isOurs: boolean;
}

export interface BarPanel {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface LinePanel {
  readonly title: string;
  /** What the count is of. */
  readonly across: string;
  /** A count, and the value that was measured when it was reached. */
  readonly points: readonly (readonly [count: number, value: number])[];
  /** The value that must not be passed. */
  readonly most: number;
}

const STYLE = `
  text { font: 11px system-ui, sans-serif; fill: #444 }
  .title { font-weight: 600; fill: #111 }
  .axis { stroke: #999; stroke-width: 1; fill: none }
  .most { stroke: #b45309; stroke-width: 1; stroke-dasharray: 4 3 }
  .line { stroke: #1d4ed8; stroke-width: 1.5; fill: none }
  .ours { fill: #1d4ed8 }
  .other { fill: #a3a3a3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #bbb } .title { fill: #eee } .axis { stroke: #777 } .most { stroke: #f59e0b }
    .line { stroke: #7aa2ff } .ours { fill: #7aa2ff } .other { fill: #6b6b6b }
  }`;

const BARS = { left: 170, width: 330, row: 20, height: 13, gap: 16 };
/** The height of a line below. */
const NOTE = 15;
const LINES = { width: 330, height: 172, left: 44, top: 26, plotWidth: 270, plotHeight: 118 };

/** One panel under the other, the longest bar of each as long as the others'. `notes` are the lines below. */
export function drawBars(label: string, notes: readonly string[], panels: readonly BarPanel[]): string {
  let y = 0;
  const drawn = panels.map(({ title, bars }) => {
    const longest = Math.max(...bars.map(({ value }) => value));
    const lines = [`<text class="title" x="0" y="${y + 13}">${title}</text>`];
    y += BARS.row;
    for (const { name, value, isOurs } of bars) {
      const width = ((value / longest) * BARS.width).toFixed(1);
      lines.push(
        `<text x="${BARS.left - 8}" y="${y + 11}" text-anchor="end">${name}</text>`,
        `<rect class="${isOurs ? 'ours' : 'other'}" x="${BARS.left}" y="${y}" width="${width}" height="${BARS.height}"/>`,
        `<text x="${BARS.left + Number(width) + 6}" y="${y + 11}">${thousands(value)}</text>`,
      );
      y += BARS.row;
    }
    y += BARS.gap;
    return lines.join('\n');
  });
  return drawing(BARS.left + BARS.width + 60, y + notes.length * NOTE, label, [...drawn, ...notesAt(0, y, notes)]);
}

/** One panel beside the other. */
export function drawLines(label: string, notes: readonly string[], panels: readonly LinePanel[]): string {
  const drawn = panels.map((panel, at) => `<g transform="translate(${at * LINES.width} 0)">${linePanel(panel)}</g>`);
  const parts = [...drawn, ...notesAt(LINES.left, LINES.height, notes)];
  return drawing(panels.length * LINES.width, LINES.height + notes.length * NOTE, label, parts);
}

function notesAt(x: number, y: number, notes: readonly string[]): string[] {
  return notes.map((note, at) => `<text x="${x}" y="${y + at * NOTE + 9}">${note}</text>`);
}

function linePanel({ title, across, points, most }: LinePanel): string {
  const { left, top, plotWidth, plotHeight } = LINES;
  const countMax = Math.max(...points.map(([count]) => count));
  const valueMax = Math.max(most, ...points.map(([, value]) => value)) * 1.05;
  const xOf = (count: number): string => (left + (count / countMax) * plotWidth).toFixed(1);
  const yOf = (value: number): string => (top + plotHeight - (value / valueMax) * plotHeight).toFixed(1);
  const bottom = top + plotHeight;
  return [
    `<text class="title" x="${left}" y="14">${title}</text>`,
    `<path class="axis" d="M${left} ${top}V${bottom}H${left + plotWidth}"/>`,
    ...[0, most].map((tick) => `<text x="${left - 6}" y="${Number(yOf(tick)) + 4}" text-anchor="end">${tick}</text>`),
    `<text x="${left + plotWidth}" y="${bottom + 14}" text-anchor="end">${thousands(countMax)} ${across}</text>`,
    `<path class="most" d="M${left} ${yOf(most)}H${left + plotWidth}"/>`,
    `<path class="line" d="M${points.map(([count, value]) => `${xOf(count)} ${yOf(value)}`).join('L')}"/>`,
  ].join('\n');
}

function drawing(width: number, height: number, label: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<style>${STYLE}
</style>
${parts.join('\n')}
</svg>
`;
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
