// The only file of the page that knows the time.

/** Wall milliseconds. */
export function now(): number {
  return Date.now();
}

/** Calls `work` once after a while. The function that it returns calls it off. */
export function after(delayMs: number, work: () => void): () => void {
  const timer = setTimeout(work, delayMs);
  return () => clearTimeout(timer);
}

/** Calls `work` again and again while the page is seen. The function that it returns ends it. */
export function every(periodMs: number, work: () => void): () => void {
  const timer = setInterval(() => document.visibilityState === 'visible' && work(), periodMs);
  return () => clearInterval(timer);
}

/** Milliseconds since the page was opened; nobody can set this clock. */
export function steady(): number {
  return performance.now();
}
