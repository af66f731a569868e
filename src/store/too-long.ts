// Which pages have too many links for one transaction together with others.

import type { Settlement } from '../base/contracts.ts';
import { LINKS_AT_ONCE_LENGTH, LINKS_WRITTEN_AT_ONCE_MAX } from '../base/limits.ts';

/** The settlements of a group whose links are written ahead of it, in parts. */
export function tooLongAtOnce(settlements: readonly Settlement[]): Settlement[] {
  let room = 4 * LINKS_AT_ONCE_LENGTH;
  return settlements.filter(({ links, state }) => {
    if (state === 'queued') return false;
    let length = 0;
    for (const { url } of links) length += url.length;
    const isLong = links.length > LINKS_WRITTEN_AT_ONCE_MAX || length > Math.min(room, LINKS_AT_ONCE_LENGTH);
    if (!isLong) room -= length;
    return isLong;
  });
}
