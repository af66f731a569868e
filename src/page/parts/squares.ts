// Lays areas into a square of side 1, each as near to a square as it gets (Bruls, Huizing, van Wijk: Squarified
// Treemaps, 2000).

export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** `amounts` from the largest to the smallest; the places are in the same order. */
export function squares(amounts: readonly number[]): Place[] {
  const whole = amounts.reduce((sum, amount) => sum + amount, 0);
  const areas = amounts.map((amount) => amount / Math.max(1, whole));
  const places: Place[] = [];
  let free: Place = { left: 0, top: 0, width: 1, height: 1 };
  for (let at = 0; at < areas.length; ) {
    const side = Math.min(free.width, free.height);
    let end = at + 1;
    while (end < areas.length && worst(areas.slice(at, end + 1), side) <= worst(areas.slice(at, end), side)) end += 1;
    free = layRow(areas.slice(at, end), free, places);
    at = end;
  }
  return places;
}

/** The worst ratio of sides in a row along this side. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((all, area) => all + area, 0);
  const most = Math.max(...row);
  const least = Math.min(...row);
  if (sum === 0 || least === 0 || side === 0) return Number.POSITIVE_INFINITY;
  return Math.max((side ** 2 * most) / sum ** 2, sum ** 2 / (side ** 2 * least));
}

/** Returns what stays free. */
function layRow(row: readonly number[], free: Place, places: Place[]): Place {
  const sum = row.reduce((all, area) => all + area, 0);
  const isUpright = free.width >= free.height;
  const thick = sum / Math.max(1e-12, isUpright ? free.height : free.width);
  let { left, top } = free;
  for (const area of row) {
    const length = area / Math.max(1e-12, thick);
    places.push(isUpright ? { left, top, width: thick, height: length } : { left, top, width: length, height: thick });
    if (isUpright) top += length;
    else left += length;
  }
  return isUpright
    ? { ...free, left: free.left + thick, width: Math.max(0, free.width - thick) }
    : { ...free, top: free.top + thick, height: Math.max(0, free.height - thick) };
}
