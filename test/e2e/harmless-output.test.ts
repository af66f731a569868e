// A site whose texts would move the cursor, colour what follows, rename the window or turn lines around: no command
// says any of that, and neither does the log.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { severally } from '../helpers/gossamer.ts';
import { jobFolders } from '../helpers/job-folders.ts';
import { rawServer } from '../helpers/raw-server.ts';

const newFolder = jobFolders('harmless-output');
/** ESC ] 0 renames the window, ESC [ 2 J and CSI 31 m clear and colour; the others ring, overwrite and turn around. */
const EVIL = '\x1b]0;owned\x07\x1b[2J\x9b31m\x08\r\x7f';
const EVIL_TEXT = `${EVIL}\u202egpj.\u2066\u2028`;
/** Everything but lines, tabs and what is printed. */
const OBEYED = /(?!\t)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
const PAGE = utf8(
  `<html lang="${EVIL_TEXT}"><title>Evil ${EVIL_TEXT}</title><meta name=description content="${EVIL_TEXT}">
    <p>Words ${EVIL_TEXT} of the page.</p><a href="/moved" rel="${EVIL_TEXT}">${EVIL_TEXT}</a>
    <a href="http://[${EVIL_TEXT}">no URL</a> <a href="/gone">gone</a> <a href="/torn">torn</a> <a href="/barred/">barred</a>`,
);
const body = (head: string, text: string): string =>
  `HTTP/1.1 ${head}\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`;
const ANSWERS: Readonly<Record<string, string>> = {
  '/robots.txt': body(
    '200 OK',
    utf8(`User-agent: *\nDisallow: /barred/${EVIL_TEXT}\nDisallow: /barred # ${EVIL_TEXT}\n`),
  ),
  '/': body(`200 OK ${EVIL.replace('\r', '')}\r\nContent-Type: text/html; charset=utf-8\r\nServer: \x9b31m`, PAGE),
  '/moved': body(`301 Moved\r\nLocation: /to/\x1b]0;x\x07\x9b31m`, ''),
  '/gone': body(`404 \x1b[2J\r\nContent-Type: text/html`, PAGE),
  '/torn': `HTTP/1.1 \x1b[2Jnonsense\x9b31m\r\n\r\n`,
};

test('no command tells a terminal what a page wants it to do, and no line of the log does', async () => {
  await using site = await rawServer((socket, head) => {
    const path = /^\S+ (\S+)/.exec(head)![1]!;
    socket.end(ANSWERS[path] ?? body('200 OK\r\nContent-Type: text/html', PAGE), 'latin1');
    return null;
  });
  const job = newFolder();
  const urls = ['', 'moved', 'gone', 'torn', 'barred/'].map((path) => site.url + path);
  const manner = ['-o', job, '--no-sitemaps', '--no-adapt', '--retries', '0', '--log-level', 'debug', '-v'];
  const ran = await severally([
    ['crawl', site.url, ...manner],
    ['index', job],
    ['status', job],
    ['status', job, '--json'],
    ['report', job],
    ['report', job, '--json'],
    ['report', job, '--markdown'],
    ['report', job, '--html'],
    ['search', 'words', job],
    ['search', 'words', job, '--json'],
    ['verify', job],
    ...urls.flatMap((url) => [
      ['why', url, job],
      ['why', url, job, '--json'],
    ]),
    ...urls.slice(0, 4).flatMap((url) => [
      ['fetch', url],
      ['links', url],
    ]),
    ['robots', urls[4]!],
    ['fetch', site.url, '--json'],
    ['links', site.url, '--json'],
    ['remove', urls[2]!, job],
    ['retry', job, urls[3]!],
  ]);
  const said = `${ran.stdout}\n${ran.stderr}`;
  assert.match(ran.stderr, /^= crawl 0$/m);
  assert.match(ran.stderr, /^= search 0$/m);
  assert.doesNotMatch(said, /^\s+at /m);
  for (const line of said.split('\n')) assert.doesNotMatch(line, OBEYED, JSON.stringify(line));
  // It was there to be said.
  assert.match(said, /Evil .{0,3}\]0;owned/);
  const log = readFileSync(join(job, 'logs', 'gossamer.jsonl'), 'utf8');
  assert.match(log, /nonsense/);
  assert.match(log, /^[ -~\n]+$/);
});
