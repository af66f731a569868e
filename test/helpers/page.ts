// A small site with a page, redirects of every kind, a robots.txt, and a header that is harmful to a terminal.

import { gzipSync } from 'node:zlib';
import { type Answer, type Site, serveSite } from './site.ts';

export const PAGE =
  '<title>Gr\u00fc\u00dfe \u009b31m</title><a href="next#top" rel="NEXT">x</a><link rel=stylesheet href=/s.css>';
export const ROBOTS = 'User-agent: *\nDisallow: /private\nCrawl-delay: 1.5\n\nUser-agent: otherbot\nDisallow: /\n';

const answer: Answer = (path, response) => {
  const leads: Record<string, string> = {
    '/old': '/older',
    '/older': '/',
    '/a': '/b',
    '/b': '/a',
    '/in': 'http://10.0.0.1/',
  };
  const location = leads[path];
  if (location !== undefined) response.writeHead(302, { location }).end();
  else if (path === '/missing') response.writeHead(404, { 'Content-Type': 'text/html' }).end('<a href=/home>home</a>');
  else {
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Encoding': 'gzip', 'X-Escape': 'a\x9b31mb' };
    response.writeHead(200, headers).end(gzipSync(PAGE));
  }
};
export function servePage(): Promise<Site> {
  return serveSite(answer, ROBOTS);
}
