// The charts of a report, drawn as SVG. Their numbers stand beside them as text, so a chart says nothing that cannot be
// read, copied or heard.

import { showCount, showCountOf, showRate } from '../../../base/figures.ts';
import { CHART_ROWS_MAX } from '../../../base/limits.ts';
import type { Timeline } from '../timeline.ts';
import { html, type Markup, NOTHING } from './markup.ts';

export interface Bar {
  readonly label: Markup;
  readonly count: number;
  /** What stands behind the number. */
  readonly more?: string;
  /** A person must act on it. */
  readonly isBad?: boolean;
}

const STRIP = { width: 960, height: 140, marks: 28 } as const;
const BAR_WIDTH = 160;

/** A table with a bar in each row; of more than twenty rows the first twenty. `total` is how many there are. */
export function bars(title: string, names: readonly [string, string], all: readonly Bar[], total = all.length): Markup {
  if (all.length === 0) return NOTHING;
  const shown = all.slice(0, CHART_ROWS_MAX);
  const most = Math.max(...shown.map(({ count }) => count), 1);
  const rows = shown.map(({ label, count, more = '', isBad = false }) => {
    const width = Math.max(count > 0 ? 1 : 0, Math.round((count / most) * BAR_WIDTH));
    const bar = html`<svg viewBox="0 0 ${BAR_WIDTH} 10" height="10" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="10" class="${isBad ? 'bad' : 'fill'}"/></svg>`;
    return html`<tr><th scope="row">${label}<td class="number">${showCount(count)}<td>${bar}<td class="more">${more}\n`;
  });
  const rest = total > shown.length ? html`<p class="rest">and ${showCount(total - shown.length)} more</p>` : NOTHING;
  return html`<section><h2>${title}</h2>
<table class="bars"><thead class="unseen"><tr><th scope="col">${names[0]}<th scope="col">${names[1]}<td><td></thead>
<tbody>
${rows}</tbody></table>${rest}</section>
`;
}

/** URLs per second over the time that the runs took, and below it what turned out broken. */
export function strip(timeline: Timeline): Markup {
  const { columnMs, urls, broken, begins, from, to } = timeline;
  const perSecond = urls.map((count) => (count * 1000) / columnMs);
  const most = Math.max(...perSecond);
  const column = STRIP.width / urls.length;
  const floor = STRIP.height - STRIP.marks;
  const round = (value: number): number => Math.round(value * 10) / 10;
  const steps = perSecond.map(
    (rate, at) => `V${round(floor - (rate / most) * (floor - 4))}H${round((at + 1) * column)}`,
  );
  const area = `M0 ${floor}${steps.join('')}V${floor}Z`;
  const worst = Math.max(...broken, 1);
  const marks = broken.flatMap((count, at) => {
    if (count === 0) return [];
    const height = round(4 + (count / worst) * (STRIP.marks - 8));
    return [
      html`<rect x="${round(at * column)}" y="${floor + 4}" width="${round(Math.max(column, 1.5))}" height="${height}"/>`,
    ];
  });
  const lines = begins.map((at) => html`<path d="M${round(at * column)} 0V${STRIP.height}"/>`);
  const sum = broken.reduce((all, count) => all + count, 0);
  const said = `At most ${showRate(most)} URLs a second, from ${timeOf(from)} to ${timeOf(to)}`;
  return html`<figure>
<svg viewBox="0 0 ${STRIP.width} ${STRIP.height}" role="img" aria-label="${said}"><path class="fill" d="${area}"/><path class="line" d="M0 ${floor}H${STRIP.width}"/><g class="bad">${marks}</g><g class="begin">${lines}</g></svg>
<figcaption><b>URLs a second.</b> ${said}.${sum > 0 ? ` The marks below are ${showCountOf(sum, 'failure')}.` : ''}${
    begins.length > 0 ? ` A dashed line is the beginning of another run; the time between runs is left out.` : ''
  }</figcaption>
</figure>
`;
}

/** `2026-11-26 09:34:00 UTC`. */
export function timeOf(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
