// The drawing of limits over time: one panel a server, as SVG that reads well on light and on dark paper.

export interface KneePanel {
  readonly title: string;
  /** Every tenth of a second. */
  readonly limits: readonly number[];
  /** The fixed limit that was best. */
  readonly best: number;
}

const COLUMNS = 3;
const PANEL = { width: 210, height: 110 };
const PLOT = { left: 26, top: 20, width: 172, height: 70 };

const STYLE = `
  text { font: 10px system-ui, sans-serif; fill: #444 }
  .title { font-weight: 600; fill: #111 }
  .axis { stroke: #999; stroke-width: 1; fill: none }
  .best { stroke: #b45309; stroke-width: 1; stroke-dasharray: 4 3 }
  .limit { stroke: #1d4ed8; stroke-width: 1.5; fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #bbb } .title { fill: #eee } .axis { stroke: #777 } .best { stroke: #f59e0b } .limit { stroke: #7aa2ff }
  }`;

export function drawKnees(panels: readonly KneePanel[], seconds: number, most: number): string {
  const rows = Math.ceil(panels.length / COLUMNS);
  const width = Math.min(panels.length, COLUMNS) * PANEL.width;
  const height = rows * PANEL.height + 16;
  const drawn = panels.map((panel, at) => {
    const [x, y] = [(at % COLUMNS) * PANEL.width, Math.floor(at / COLUMNS) * PANEL.height];
    return `<g transform="translate(${x} ${y})">${drawPanel(panel, seconds, most)}</g>`;
  });
  const legend = `<text x="${PLOT.left}" y="${height - 5}">Requests in flight that a host may have, over ${seconds} s; dashed: the best fixed number.</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The limit of a host over time, for ${panels.length} servers">
<style>${STYLE}
</style>
${drawn.join('\n')}
${legend}
</svg>
`;
}

function drawPanel({ title, limits, best }: KneePanel, seconds: number, most: number): string {
  const { left, top, width, height } = PLOT;
  const xOf = (tenths: number): string => (left + (Math.min(tenths / 10, seconds) / seconds) * width).toFixed(1);
  const yOf = (limit: number): string => (top + height - (limit / most) * height).toFixed(1);
  const bottom = top + height;
  return [
    `<text class="title" x="${left}" y="12">${title}</text>`,
    `<path class="axis" d="M${left} ${top}V${bottom}H${left + width}"/>`,
    ...[1, most / 2, most].map(
      (tick) => `<text x="${left - 4}" y="${Number(yOf(tick)) + 3}" text-anchor="end">${tick}</text>`,
    ),
    `<text x="${left + width}" y="${bottom + 11}" text-anchor="end">${seconds} s</text>`,
    `<path class="best" d="M${left} ${yOf(best)}H${left + width}"/>`,
    `<path class="limit" d="${stepsOf(limits, xOf, yOf)}"/>`,
  ].join('');
}

/** A line that moves across and then up or down, with a point only where the limit changed. */
function stepsOf(limits: readonly number[], xOf: (tenths: number) => string, yOf: (limit: number) => string): string {
  let path = `M${xOf(0)} ${yOf(limits[0] ?? 0)}`;
  for (let at = 1; at < limits.length; at += 1) {
    if (limits[at] !== limits[at - 1]) path += `H${xOf(at)}V${yOf(limits[at]!)}`;
  }
  return `${path}H${xOf(limits.length)}`;
}
