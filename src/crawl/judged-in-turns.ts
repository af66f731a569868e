// Judges many links or long ones with turns of the event loop in between. The user's expressions, the keys and the
// words for logging out take long for them, which must not happen inside the transaction that writes them.

import { systemClock } from '../base/clock.ts';
import { JUDGED_AT_ONCE_LENGTH, LINKS_AT_ONCE_MAX } from '../base/limits.ts';

/** A URL that is judged when it is asked for, or now. */
interface Unjudged {
  readonly url: string;
  judge(): unknown;
}

/** What is escaped may be a logout in any language, which takes as long as so many characters without escapes. */
const ESCAPED_COST = 4;

/** Whether the URLs are too long together to be judged at once. */
export function areLong(urls: readonly Unjudged[]): boolean {
  return urls.reduce((sum, { url }) => sum + costOf(url), 0) > JUDGED_AT_ONCE_LENGTH;
}

export async function judgedInTurns<T extends Unjudged>(urls: T[]): Promise<T[]> {
  let cost = 0;
  for (const found of urls) {
    cost += costOf(found.url);
    found.judge();
    if (cost < JUDGED_AT_ONCE_LENGTH) continue;
    cost = 0;
    await systemClock.turn();
  }
  return urls;
}

/** Lets the event loop run between parts of a list. */
export async function inTurns<T>(list: readonly T[], work: (item: T) => void): Promise<void> {
  for (const [at, item] of list.entries()) {
    work(item);
    if (at % LINKS_AT_ONCE_MAX === LINKS_AT_ONCE_MAX - 1) await systemClock.turn();
  }
}

function costOf(url: string): number {
  return url.includes('%') ? ESCAPED_COST * url.length : url.length;
}
