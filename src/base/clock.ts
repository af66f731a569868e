// Time, in one place. Nothing else in the program reads the system's clock or sets a timer, so that a test can own both.

/** A timer that was set; `cancel` is harmless after it fired. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall time in milliseconds since the epoch: for what is recorded and compared across restarts. */
  now(): number;
  /** Milliseconds from some fixed point, never stepping back: for durations and timeouts. */
  monotonic(): number;
  /** Calls once, after at least `ms`. A pending timer keeps the process alive. */
  after(ms: number, callback: () => void): Timer;
  /** Resolves once the event loop has gone round: what has come from the network meanwhile goes first. */
  turn(): Promise<void>;
  /** Calls every `ms` until cancelled. Does not keep the process alive. */
  every(ms: number, callback: () => void): Timer;
}

const TIMEOUT_MAX_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const handle = setTimeout(callback, Math.max(0, Math.min(ms, TIMEOUT_MAX_MS)));
    return { cancel: () => clearTimeout(handle) };
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  every(ms, callback) {
    const handle = setInterval(callback, ms);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};
