// Numbers as people read them, in the same form as the command line prints them.

const COUNT = new Intl.NumberFormat('en');
const BYTE_STEPS = ['B', 'KB', 'MB', 'GB', 'TB'];

export function count(figure: number): string {
  return COUNT.format(figure);
}

/** `1 page`, `2 pages`. */
export function countOf(figure: number, one: string, many = `${one}s`): string {
  return `${count(figure)} ${figure === 1 ? one : many}`;
}

/** One decimal below a hundred. */
export function rate(perSecond: number): string {
  return perSecond < 100 ? perSecond.toFixed(1) : count(Math.round(perSecond));
}

/** `512 B`, `1.3 MB`. */
export function size(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(BYTE_STEPS.length - 1, Math.floor(Math.log(bytes * 1.0005) / Math.log(1024)));
  const amount = bytes / 1024 ** step;
  return `${step > 0 && amount < 99.95 ? amount.toFixed(1) : Math.round(amount)} ${BYTE_STEPS[step]}`;
}

/** `250 ms`, `4.2 s`, `3 min 20 s`, `5 h 12 min`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(Math.max(0, ms))} ms`;
  const seconds = Math.round(ms / 1_000);
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3_600)} h`;
}

/** The time of day, with the day if that is not today. Both are wall milliseconds. */
export function time(at: number, now: number): string {
  const date = new Date(at);
  const clock = date.toLocaleTimeString('sv');
  return date.toDateString() === new Date(now).toDateString() ? clock : `${date.toLocaleDateString('sv')} ${clock}`;
}

export function share(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(part === whole ? 0 : 1)} %`;
}
