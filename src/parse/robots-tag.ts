// The robots directives of a response's X-Robots-Tag. They are those of meta robots, but a value may begin with the
// name of one robot. The name then applies to everything after it in the same value.

import { ROBOTS_DIRECTIVES_MAX } from '../base/limits.ts';

/** Directives with a value after a colon; the colon does not follow a robot's name here. */
const VALUED = new Set(['unavailable_after', 'max-snippet', 'max-image-preview', 'max-video-preview']);

/** The directives for all robots or for `agent` (lower case). They are in lower case, without duplicates. */
export function robotsTagDirectives(values: readonly string[], agent: string): string[] {
  const directives = values.flatMap((value) => {
    let robot = '';
    return value
      .toLowerCase()
      .split(',')
      .flatMap((part) => {
        const colon = part.indexOf(':');
        const name = part.slice(0, Math.max(colon, 0)).trim();
        const isRobot = colon >= 0 && !VALUED.has(name);
        if (isRobot) robot = name;
        const directive = (isRobot ? part.slice(colon + 1) : part).trim();
        return directive !== '' && (robot === '' || robot === agent) ? [directive] : [];
      });
  });
  return [...new Set(directives)].slice(0, ROBOTS_DIRECTIVES_MAX);
}

/** Whether links must not be followed; `none` means `noindex` and `nofollow`. */
export function asksNofollow(directives: readonly string[]): boolean {
  return directives.includes('nofollow') || directives.includes('none');
}
