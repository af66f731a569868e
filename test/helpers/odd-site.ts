// A small site with some of everything, for crawls whose outputs are compared.

import { type Answer, serveSite } from './site.ts';

const ROBOTS = 'User-agent: *\nDisallow: /private\n';
const SITEMAP = '<urlset><url><loc>ROOTonly-listed</loc><lastmod>2024-05-01</lastmod></url></urlset>';

/**
 * Serves `pages` numbered pages that link to the next ones; redirects in a row and in a circle, pages with the same
 * content, a page that is gone, one that robots.txt forbids, one that only the sitemap lists, links that are not URLs,
 * lead elsewhere or are not to be followed.
 */
export function serveOddSite(pages: number): ReturnType<typeof serveSite> {
  return serveSite(answerWith(pages), ROBOTS, SITEMAP);
}

function answerWith(pages: number): Answer {
  return (path, response) => {
    response.setHeader('content-type', 'text/html');
    const number = Number(/^\/(\d+)$/.exec(path)?.[1] ?? (path === '/' ? 0 : Number.NaN));
    if (path === '/moved') response.writeHead(301, { location: '/again' }).end();
    else if (path === '/again') response.writeHead(301, { location: '/1' }).end();
    else if (path === '/round') response.writeHead(302, { location: '/about' }).end();
    else if (path === '/about') response.writeHead(302, { location: '/round' }).end();
    else if (path.startsWith('/copy')) response.end(`<title>copy</title><p>${'the same '.repeat(1_000)}`);
    else if (Number.isNaN(number) && path !== '/only-listed') response.writeHead(404).end('gone');
    else {
      const hrefs = [number * 2 + 1, number * 2 + 2].filter((next) => next < pages).map(String);
      const odd = number === 3 ? ['/moved', '/round', '/gone', '/private', '/copy1', '/copy2', 'http://['] : [];
      const elsewhere = number === 4 ? ['https://elsewhere.example/', 'mailto:somebody'] : [];
      const links = [...hrefs, ...odd, ...elsewhere].map((href) => `<a href="${href}">x</a>`);
      response.end(
        `<title>${path}</title><meta name=description content=text>${links.join('')}<a href="/5" rel=nofollow>x</a><p>text`,
      );
    }
  };
}
