import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveSite } from '../../test/helpers/site.ts';
import { readOptions } from '../options/read-options.ts';
import { askOnce } from './ask.ts';

test('ask: a URL that redirects to itself is asked once, one that names nothing is the page, other forms are followed', async () => {
  const redirects: Record<string, string> = {
    '/loop': '/loop',
    '/hash': '#here',
    '/empty': '',
    '/%7Eu': '/~u',
    '/%62ack': '/back',
    '/back': '/%62ack',
  };
  await using site = await serveSite((path, response) => {
    const to = redirects[path];
    if (to !== undefined) response.setHeader('location', to).writeHead(302);
    response.end('a body');
  });
  for (const [path, error, asked] of [
    ['/loop', 'redirect-loop', ['/loop']],
    ['/hash', 'redirect-loop', ['/hash']],
    ['/empty', null, ['/empty']],
    ['/%7Eu', null, ['/%7Eu', '/~u']],
    ['/%62ack', 'redirect-loop', ['/%62ack', '/back']],
  ] as const) {
    const answered = await askOnce(readOptions([new URL(path, site.root).href], [], {}));
    const log = site.log.splice(0).map((each) => each.path);
    assert.deepEqual([answered.error, log, answered.outcomes.length], [error, asked, asked.length], path);
  }
});
