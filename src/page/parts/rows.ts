// The rows of a long answer, which come in parts while somebody scrolls. Only the parts near the reader are kept.

import { useEffect, useMemo, useState } from 'preact/hooks';
import type { AskError } from '../ask.ts';
import { steady } from '../clock.ts';

export const PART_ROWS = 200;
const PARTS_KEPT_MAX = 40;
/** While somebody drags the scroll bar, parts that are passed are not asked for. */
const ASKING_MAX = 2;

export interface RowsPart<Row> {
  readonly rows: readonly Row[];
  readonly count: number;
  /** The store has read only a part of the job so far: the share of it. */
  readonly readShare: number;
}

export interface Rows<Row> {
  /** Null until the first part came. */
  readonly count: number | null;
  readonly tookMs: number;
  readonly readShare: number;
  readonly failure: AskError | null;
  /** Undefined while its part is on its way. */
  at(index: number): Row | undefined;
  /** Asks for the parts with these rows. */
  need(from: number, to: number): void;
  /** Asks again for what is in sight, because it may have changed. */
  refresh(): void;
}

/** Asks for the rows from an index, at most `most`. */
export type AskPart<Row> = (from: number, most: number, signal: AbortSignal) => Promise<RowsPart<Row>>;

/** `question` says what is asked: a new one begins anew. The last count stays until the new one is known. */
export function useRows<Row>(question: string, askPart: AskPart<Row>): Rows<Row> {
  const [, setRound] = useState(0);
  const kept = useMemo(() => keepParts(askPart, () => setRound((round) => round + 1)), [question]);
  useEffect(() => {
    kept.need(0, 1);
    return () => kept.stop();
  }, [kept]);
  return kept;
}

function keepParts<Row>(askPart: AskPart<Row>, onChange: () => void): Rows<Row> & { stop(): void } {
  const parts = new Map<number, readonly Row[]>();
  const asking = new Set<number>();
  const stopped = new AbortController();
  const state = { count: null as number | null, tookMs: 0, readShare: 1, failure: null as AskError | null };
  let wanted: readonly number[] = [];
  const load = async (part: number): Promise<void> => {
    asking.add(part);
    const start = steady();
    try {
      const { rows, count, readShare } = await askPart(part * PART_ROWS, PART_ROWS, stopped.signal);
      parts.set(part, rows);
      if (state.count === null) state.tookMs = steady() - start;
      Object.assign(state, { count, readShare });
    } catch (error) {
      state.failure = error as AskError;
    }
    asking.delete(part);
    if (stopped.signal.aborted) return;
    forget();
    loadNext();
    onChange();
  };
  const loadNext = (): void => {
    const missing = wanted.filter((part) => !parts.has(part) && !asking.has(part));
    if (state.failure !== null) return;
    for (const part of missing.slice(0, Math.max(0, ASKING_MAX - asking.size))) void load(part);
  };
  const forget = (): void => {
    const near = wanted[0] ?? 0;
    const far = [...parts.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const part of far.slice(0, Math.max(0, parts.size - PARTS_KEPT_MAX))) parts.delete(part);
  };
  return {
    get count() {
      return state.count;
    },
    get tookMs() {
      return state.tookMs;
    },
    get readShare() {
      return state.readShare;
    },
    get failure() {
      return state.failure;
    },
    at: (index) => parts.get(Math.floor(index / PART_ROWS))?.[index % PART_ROWS],
    need(from, to) {
      const first = Math.floor(Math.max(0, from) / PART_ROWS);
      const last = Math.floor(Math.max(0, to - 1) / PART_ROWS);
      wanted = Array.from({ length: last - first + 1 }, (_, at) => first + at);
      loadNext();
    },
    refresh() {
      for (const part of wanted) if (!asking.has(part)) void load(part);
    },
    stop: () => stopped.abort(),
  };
}
