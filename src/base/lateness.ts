// How late the event loop of a run was for what it had to do. It is looked at every 10 ms (lag.ts).

export interface Lateness {
  /** Of a thousand looks all but one found it at most so late. */
  readonly p999Ms: number;
  readonly mostMs: number;
}

/** The worse of two; null says nothing. */
export function later(one: Lateness | null, other: Lateness | null): Lateness | null {
  if (one === null || other === null) return one ?? other;
  return { p999Ms: Math.max(one.p999Ms, other.p999Ms), mostMs: Math.max(one.mostMs, other.mostMs) };
}
