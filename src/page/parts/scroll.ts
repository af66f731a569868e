// Which rows of a long table are in sight. No browser lets an element be as high as a million rows, so from some height
// on a pixel of the scroll bar stands for more than a pixel of rows.

export const ROW_PX = 28;
const HEIGHT_PX_MAX = 8_000_000;
/** Rows above and below those in sight, so that a small move shows no gap. */
const MORE_ROWS = 6;

export interface InSight {
  readonly first: number;
  readonly end: number;
  /** Height above the first row, and below the last one. */
  readonly abovePx: number;
  readonly belowPx: number;
}

/** `viewPx` is the height of what is in sight, without the head of the table. */
export function inSight(rows: number, scrolledPx: number, viewPx: number): InSight {
  const heightPx = heightOf(rows);
  const rowAt = (scrolledPx * stretch(rows, viewPx)) / ROW_PX;
  const first = Math.max(0, Math.min(Math.floor(rowAt) - MORE_ROWS, rows));
  const end = Math.min(rows, Math.ceil(rowAt + viewPx / ROW_PX) + MORE_ROWS);
  const abovePx = Math.max(0, scrolledPx - (rowAt - first) * ROW_PX);
  return { first, end, abovePx, belowPx: Math.max(0, heightPx - abovePx - (end - first) * ROW_PX) };
}

/** Where to scroll so that the row is in sight; null if it is already. */
export function scrollFor(row: number, rows: number, scrolledPx: number, viewPx: number): number | null {
  const factor = stretch(rows, viewPx);
  const topPx = scrolledPx * factor;
  if (row * ROW_PX < topPx) return (row * ROW_PX) / factor;
  const below = (row + 1) * ROW_PX - viewPx;
  return below > topPx ? below / factor : null;
}

function heightOf(rows: number): number {
  return Math.min(rows * ROW_PX, HEIGHT_PX_MAX);
}

function stretch(rows: number, viewPx: number): number {
  const scrollablePx = heightOf(rows) - viewPx;
  return scrollablePx <= 0 ? 1 : (rows * ROW_PX - viewPx) / scrollablePx;
}
