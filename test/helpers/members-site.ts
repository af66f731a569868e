// A site for members: a login by a form, and sessions that end after so many pages.

import { type Site, serveSite } from './site.ts';

export const MEMBERS_PAGES: readonly string[] = Array.from({ length: 24 }, (_, at) => `/p${at}`);
const FORM =
  '<title>Log in</title><form method=post action=/login><input name=user><input type=password name=pw></form>';

export interface Members extends Site {
  /** The paths that were answered as to a stranger. */
  readonly strangers: string[];
  /** Sessions that were begun. */
  readonly sessions: number;
  /** How many pages a session is good for. */
  pages: number;
}

/** `how` is what strangers get: a redirect to the form, the form itself with status 200, or status 403. */
export async function membersSite(how: 'redirect' | 'form' | 'forbidden', pages: number): Promise<Members> {
  const strangers: string[] = [];
  const left = new Map<string, number>();
  const site = await serveSite((path, response, request) => {
    response.setHeader('content-type', 'text/html');
    if (path === '/login' && request.method === 'POST') {
      const sid = `s${left.size}`;
      left.set(sid, members.pages);
      return void response.writeHead(303, { location: '/', 'set-cookie': `sid=${sid}; path=/` }).end();
    }
    if (path.startsWith('/login')) return void response.end(FORM);
    const sid = /sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const rest = left.get(sid) ?? 0;
    if (rest > 0) {
      left.set(sid, rest - 1);
      return answer(path, response);
    }
    strangers.push(path);
    if (how === 'redirect') response.writeHead(302, { location: `/login?next=${path}` }).end();
    else if (how === 'form') response.end(FORM);
    else response.writeHead(403).end('no');
  });
  const members: Members = Object.assign(site, {
    ...{ strangers, pages },
    get sessions() {
      return left.size;
    },
  });
  return members;
}

function answer(path: string, response: Parameters<Parameters<typeof serveSite>[0]>[1]): void {
  const links = [...MEMBERS_PAGES, '/bare', '/moved', '/missing'].map((each) => `<a href="${each}">x</a>`).join('');
  const out = '<a class=out href="/logout">Log <b>out</b></a>';
  if (path === '/bare') response.end('<title>/bare</title>no mark');
  else if (path === '/moved') response.writeHead(302, { location: '/p0' }).end();
  else if (path === '/missing') response.writeHead(404).end('nothing there');
  else response.end(`<title>${path}</title>${out}${path === '/' ? links : ''}`);
}
