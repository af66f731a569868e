// What a response's X-Robots-Tag asks of robots. It is the same as meta robots, but a value may begin with the name of the one robot
// that it speaks to, and that name holds for what follows it in the same value.

import { ROBOTS_DIRECTIVES_MAX } from '../base/limits.ts';

/** Directives that have a value of their own behind a colon, which is no robot's name. */
const VALUED = new Set(['unavailable_after', 'max-snippet', 'max-image-preview', 'max-video-preview']);

/** The directives that speak to all robots or to `agent` (lower case), in lower case, each once. */
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

/** Whether links are not to be followed; `none` is `noindex` and `nofollow`. */
export function asksNofollow(directives: readonly string[]): boolean {
  return directives.includes('nofollow') || directives.includes('none');
}
