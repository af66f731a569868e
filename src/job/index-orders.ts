// What the crawl tells the thread that fills its index: one word of shared memory. The thread reads it between two
// pages, and a message would come only when the thread has nothing to do.

/** The crawl needs the processor. */
const WAIT = 0;
const GO = 1;
/** The crawl is over, and what is left should be indexed. */
const FINISH = 2;
/** End at once. */
const STOP = 3;

type Order = typeof WAIT | typeof GO | typeof FINISH | typeof STOP;

/** The side of the crawl. */
export interface IndexOrders {
  readonly memory: SharedArrayBuffer;
  /** `isIdle`: whether the crawl leaves time for the index. */
  spare(isIdle: boolean): void;
  finish(): void;
  stop(): void;
}

export function giveOrders(): IndexOrders {
  const memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const word = new Int32Array(memory);
  const order = (what: Order): void => {
    if (Atomics.exchange(word, 0, what) !== what) Atomics.notify(word, 0);
  };
  return {
    memory,
    spare: (isIdle) => order(isIdle ? GO : WAIT),
    finish: () => order(FINISH),
    stop: () => order(STOP),
  };
}

/** The side of the thread. */
export interface ObeyedOrders {
  /** Whether the thread should wait before it goes on. */
  mustWait(): boolean;
  /** Blocks the thread while it should wait. */
  wait(): void;
  /** Blocks the thread for a time, or until another order comes. */
  pause(ms: number): void;
  isCrawling(): boolean;
  isStopped(): boolean;
}

export function obeyOrders(memory: SharedArrayBuffer): ObeyedOrders {
  const word = new Int32Array(memory);
  const order = (): number => Atomics.load(word, 0);
  const wait = (): void => {
    while (order() === WAIT) Atomics.wait(word, 0, WAIT);
  };
  return {
    mustWait: () => order() === WAIT,
    wait,
    pause: (ms) => void Atomics.wait(word, 0, GO, ms),
    isCrawling: () => order() < FINISH,
    isStopped: () => order() === STOP,
  };
}
