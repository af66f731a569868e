// Time as a shape: pages a second as an area, failures as ticks below it, holds as grey bands. Dragging selects a span.
// A drawing of one kind takes less than any library for charts, follows the theme, and prints.

import { useRef, useState } from 'preact/hooks';
import type { RatePoint, TimelineAnswer } from '../../serve/api.ts';
import { count, rate, size, time } from '../figures.ts';

const WIDTH = 1_000;
const HEIGHT = 100;
const TICK = 8;
const LISTED_MAX = 60;
/** A shorter way of the pointer is a click, not a choice of a span. */
const DRAG_SHARE_MIN = 0.01;

/** Wall milliseconds. */
export type OnSpan = (from: number, to: number) => void;

/** The filter of the table that gives this span. */
export function spanFilter(from: number, to: number): string {
  return `after:${new Date(from).toISOString()} before:${new Date(to).toISOString()}`;
}

/** A timeline counts what happened in each step. */
export function ratesOf({ points, stepMs, holds }: TimelineAnswer): readonly RatePoint[] {
  const seconds = Math.max(0.001, stepMs / 1_000);
  return points.map(({ at, pages, bytes, failures }) => {
    // The band of a hold is drawn up to the point.
    const isHeld = holds.some(({ from, to }) => from < at && to > at - stepMs);
    return { at, pages: pages / seconds, bytes: bytes / seconds, failures: failures / seconds, isHeld };
  });
}

export function Strip({ rates, onSpan }: { rates: readonly RatePoint[]; onSpan: OnSpan }) {
  const [pointed, point] = useState<number | null>(null);
  const [begun, begin] = useState<number | null>(null);
  const plot = useRef<HTMLDivElement>(null);
  const [first, last] = [rates[0], rates.at(-1)];
  // It has room from the beginning, so that nothing below moves under the pointer when it comes.
  if (first === undefined || last === undefined || first === last) return <div class="strip to-come" />;
  const axis = {
    from: first.at,
    lengthMs: last.at - first.at,
    most: mostOf(rates, 'pages'),
    mostBytes: mostOf(rates, 'bytes'),
  };
  const shareOf = ({ clientX }: PointerEvent): number => {
    const { left, width } = plot.current!.getBoundingClientRect();
    return Math.max(0, Math.min(1, (clientX - left) / Math.max(1, width)));
  };
  const end = (event: PointerEvent): void => {
    const share = shareOf(event);
    const [from, to] = [Math.min(begun ?? share, share), Math.max(begun ?? share, share)];
    begin(null);
    const at = (part: number): number => Math.round(axis.from + part * axis.lengthMs);
    if (to - from > DRAG_SHARE_MIN) onSpan(at(from), at(to));
  };
  return (
    <figure class="strip">
      <figcaption>
        <span>
          {pointed === null
            ? `at most ${rate(axis.most)} pages/s, and ${size(axis.mostBytes)}/s (dashed)`
            : inWords(nearest(rates, axis.from + pointed * axis.lengthMs))}
        </span>
        <span class="dim">Drag to see the URLs of a span.</span>
      </figcaption>
      <div
        ref={plot}
        class="plot"
        role="img"
        aria-label={`Pages a second from ${time(first.at, last.at)} to ${time(last.at, last.at)}, at most ${rate(axis.most)}. The figures stand below.`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          begin(shareOf(event));
        }}
        onPointerMove={(event) => point(shareOf(event))}
        onPointerLeave={() => point(null)}
        onPointerUp={end}
      >
        <Shape rates={rates} axis={axis} />
        {pointed !== null && <span class="pointed" style={spanStyle(begun ?? pointed, pointed)} />}
      </div>
      <div class="ends dim">
        <span>{time(first.at, last.at)}</span>
        <span>{time(last.at, last.at)}</span>
      </div>
      <Figures rates={rates} />
    </figure>
  );
}

interface Axis {
  readonly from: number;
  readonly lengthMs: number;
  readonly most: number;
  readonly mostBytes: number;
}

function Shape({ rates, axis: { from, lengthMs, most, mostBytes } }: { rates: readonly RatePoint[]; axis: Axis }) {
  const x = (at: number): string => (((at - from) / lengthMs) * WIDTH).toFixed(1);
  const line = rates.map(({ at, pages }) => `${x(at)},${(HEIGHT * (1 - pages / most)).toFixed(1)}`).join(' ');
  const bytesLine = rates.map(({ at, bytes }) => `${x(at)},${(HEIGHT * (1 - bytes / mostBytes)).toFixed(1)}`).join(' ');
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + TICK}`} preserveAspectRatio="none" aria-hidden="true">
      {rates.map(({ at, isHeld }, index) => {
        const before = rates[index - 1]?.at ?? at;
        return isHeld ? (
          <rect key={at} class="held" x={x(before)} width={Number(x(at)) - Number(x(before))} height={HEIGHT} />
        ) : null;
      })}
      <polygon points={`0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} />
      <polyline points={line} />
      <polyline class="bytes" points={bytesLine} />
      {rates.map(({ at, failures }) =>
        failures > 0 ? <line key={at} x1={x(at)} x2={x(at)} y1={HEIGHT + 1} y2={HEIGHT + TICK} /> : null,
      )}
    </svg>
  );
}

function mostOf(rates: readonly RatePoint[], name: 'pages' | 'bytes'): number {
  return Math.max(1, ...rates.map((each) => each[name]));
}

function nearest(rates: readonly RatePoint[], at: number): RatePoint {
  return rates.reduce((best, each) => (Math.abs(each.at - at) < Math.abs(best.at - at) ? each : best));
}

function inWords({ at, pages, bytes, failures, isHeld }: RatePoint): string {
  const held = isHeld ? ', something held' : '';
  return `${time(at, at)}: ${rate(pages)} pages/s, ${size(bytes)}/s, ${rate(failures)} failures/s${held}`;
}

function spanStyle(one: number, other: number): { left: string; width: string } {
  return { left: `${100 * Math.min(one, other)}%`, width: `${100 * Math.abs(one - other)}%` };
}

/** The same as figures, for whoever cannot see a shape or wants to copy them. */
function Figures({ rates }: { rates: readonly RatePoint[] }) {
  const listed = rates.slice(-LISTED_MAX).reverse();
  return (
    <details>
      <summary>{rates.length > LISTED_MAX ? `The last ${count(LISTED_MAX)} figures` : 'Figures'}</summary>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">time</th>
            <th scope="col" class="figure">
              pages/s
            </th>
            <th scope="col" class="figure">
              bytes/s
            </th>
            <th scope="col" class="figure">
              failures/s
            </th>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ at, pages, bytes, failures }) => (
            <tr key={at}>
              <td>{time(at, at)}</td>
              <td class="figure">{rate(pages)}</td>
              <td class="figure">{size(bytes)}</td>
              <td class="figure">{rate(failures)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
