// `<meta http-equiv=refresh content="5; url='next.html'">`, by the "shared declarative refresh steps" (HTML standard,
// section 4.2.5.3). Each step is a piece of the pattern, and no two pieces can match the same long run.

const REFRESH = /^[\t\n\f\r ]*(?:[0-9][0-9.]*|\.[0-9.]*)(?:[\t\n\f\r ]*[;,][\t\n\f\r ]*|[\t\n\f\r ]+)(.+)$/s;
const URL_PREFIX = /^url[\t\n\f\r ]*=[\t\n\f\r ]*/i;

/** A refresh that comes later is no redirect: the page is there to be read. */
const SOON_SECONDS = 10;

/** The target of a refresh, not yet joined; null if the refresh only reloads the page or is malformed. */
export function refreshTarget(content: string): string | null {
  const rest = REFRESH.exec(content)?.[1];
  if (rest === undefined || /^[\t\n\f\r ]$/.test(rest)) return null;
  const url = rest.replace(URL_PREFIX, '');
  const quote = url.charAt(0);
  if (quote !== '"' && quote !== "'") return url === '' ? null : url;
  const end = url.indexOf(quote, 1);
  return end < 0 ? url.slice(1) : url.slice(1, end);
}

/** Whether the refresh leads on before the page can be read. */
export function isSoon(content: string): boolean {
  return Number.parseFloat(content) <= SOON_SECONDS;
}
