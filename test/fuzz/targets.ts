// Everything that `npm run fuzz` tries.

import { cssTarget } from './css.ts';
import type { Target } from './fuzz.ts';
import { htmlTarget } from './html.ts';
import { joinTarget } from './join.ts';
import { keyTarget } from './key.ts';
import { responseTarget } from './response.ts';
import { robotsTarget } from './robots.ts';
import { sitemapTarget } from './sitemap.ts';
import { warcTarget } from './warc.ts';

/** Makes a target of the modules in a folder like src/; without one, of this checkout. */
type MakeTarget = (source?: URL) => Promise<Target<unknown>>;

export const TARGETS = {
  html: htmlTarget as MakeTarget,
  join: (async () => joinTarget()) as MakeTarget,
  key: keyTarget as MakeTarget,
  css: cssTarget as MakeTarget,
  response: responseTarget as MakeTarget,
  robots: robotsTarget as MakeTarget,
  sitemap: sitemapTarget as MakeTarget,
  warc: warcTarget as MakeTarget,
};
