// Numbers as people read them.

const BYTE_STEPS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `1,234`. An Intl.NumberFormat would take as long to make as all of this program takes to load. */
export function showCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 page`, `2 pages`. */
export function showCountOf(count: number, one: string, many = `${one}s`): string {
  return `${showCount(count)} ${count === 1 ? one : many}`;
}

/** `0.4`, `12.5`, `1,234`: one decimal below a hundred. */
export function showRate(perSecond: number): string {
  return perSecond < 100 ? perSecond.toFixed(1) : showCount(Math.round(perSecond));
}

/** `512 B`, `1.3 MB`. */
export function showSize(bytes: number): string {
  let step = 0;
  let amount = bytes;
  while (amount >= 999.5 && step < BYTE_STEPS.length - 1) {
    amount /= 1024;
    step += 1;
  }
  return `${step > 0 && amount < 99.95 ? amount.toFixed(1) : Math.round(amount)} ${BYTE_STEPS[step]}`;
}

/** `250 ms`, `4.2 s`, `3 min 20 s`, `5 h 12 min`, `2 d 3 h`. */
export function showSpan(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** The local time of day, `14:02:11`, with the date if it is not the day of `now`. Both are wall milliseconds. */
export function showTime(at: number, now: number): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  if (date.toDateString() === new Date(now).toDateString()) return time;
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${day.join('-')} ${time}`;
}

const WAIT_MS_MIN = 3_000;

/** Whether a wait until then is worth a word: the pause between two requests is none. Null never ends by itself. */
export function isLongWait(until: number | null, now: number): boolean {
  return until === null || until - now >= WAIT_MS_MIN;
}
