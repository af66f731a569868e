// Inputs 30 to 39: redirects and links that lead where nobody should go.

import { done, failed, type HostileInput, page, redirect, skipped } from '../hostile-input.ts';

const HOPS = 12;
const hop = (at: number): string => (at === 0 ? '/hostile' : `/hop${at}`);
const refused = skipped('address');

export const ADDRESSES: readonly HostileInput[] = [
  {
    number: '30a',
    what: 'a redirect to itself',
    group: 'host',
    serves: { '/hostile': redirect('/hostile') },
    becomes: { '/hostile': failed('redirect-loop', { status: 302 }) },
  },
  {
    number: '30b',
    what: 'two redirects that lead to each other',
    group: 'host',
    serves: { '/hostile': redirect('/back'), '/back': redirect('/hostile') },
    becomes: { '/hostile': done(302, { redirectTo: '/back' }), '/back': done(302, { redirectTo: '/hostile' }) },
    note: 'each is asked once',
  },
  {
    number: '30c',
    what: 'redirects without end',
    group: 'host',
    serves: Object.fromEntries(Array.from({ length: HOPS }, (_, at) => [hop(at), redirect(hop(at + 1))])),
    becomes: {
      ...Object.fromEntries(
        Array.from({ length: HOPS - 2 }, (_, at) => [hop(at), done(302, { redirectTo: hop(at + 1) })]),
      ),
      [hop(HOPS - 2)]: failed('redirect-limit', { status: 302 }),
    },
    hidden: Array.from({ length: HOPS }, (_, at) => hop(at + 1)),
    unasked: [hop(HOPS)],
    note: 'which is the eleventh',
  },
  {
    number: '31',
    what: 'a redirect to 169.254.169.254',
    group: 'any',
    serves: { '/hostile': redirect('http://169.254.169.254/latest/meta-data/') },
    becomes: { '/hostile': done(302), 'http://169.254.169.254/latest/meta-data/': refused },
  },
  {
    number: '32',
    what: 'redirects to `file:`, `javascript:` and `data:`',
    group: 'any',
    serves: {
      '/file': redirect('file:///etc/passwd'),
      '/script': redirect('javascript:alert(1)'),
      '/data': redirect('data:text/html,x'),
    },
    becomes: Object.fromEntries(
      ['/file', '/script', '/data'].map((path) => [
        path,
        done(302, { detail: 'its Location does not lead to a page' }),
      ]),
    ),
  },
  {
    number: '34',
    what: 'private addresses in disguise',
    group: 'any',
    links: ['http://0x7f.2/', 'http://2130706435/', 'http://[::ffff:127.0.0.4]/', 'http://[fe80::1%25eth0]/'],
    becomes: {
      'http://127.0.0.2/': refused,
      'http://127.0.0.3/': refused,
      'http://[::ffff:7f00:4]/': refused,
    },
    bad: ['http://[fe80::1%25eth0]/'],
  },
  {
    number: '35',
    what: 'a redirect to another origin, with credentials and cookies at hand',
    group: 'any',
    serves: { '/hostile': redirect('ELSEWHERE/taken') },
    elsewhere: page('<title>elsewhere</title>'),
    becomes: { '/hostile': done(302), 'ELSEWHERE/taken': done() },
    note: 'asked without them',
  },
  {
    number: '36',
    what: 'a redirect from https to http, with cookies at hand',
    group: 'secure',
    tls: 'good',
    serves: { '/hostile': redirect('ELSEWHERE/taken') },
    elsewhere: page('<title>elsewhere</title>'),
    becomes: { '/hostile': done(302), 'ELSEWHERE/taken': done() },
    note: 'asked without them',
  },
  {
    number: '37',
    what: '`http://127.0.0.1@evil.example/`',
    group: 'host',
    links: ['http://127.0.0.1@evil.example/'],
    becomes: { 'http://evil.example/': skipped('scope') },
  },
  {
    number: '38',
    what: 'links to ports 22, 25 and 6379',
    group: 'any',
    becomes: {
      'http://127.0.0.1:22/': skipped('port'),
      'http://127.0.0.1:25/': skipped('port'),
      'http://127.0.0.1:6379/': skipped('port'),
    },
  },
  {
    number: '39',
    what: 'a line break in Location',
    group: 'host',
    serves: { '/hostile': redirect('/a\r\n /injected'), '/bare': redirect('/b\rX: injected') },
    becomes: {
      '/hostile': done(302, { redirectTo: '/a%20/injected' }),
      '/bare': done(302, { redirectTo: '/bX:%20injected', detail: 'its header has control characters' }),
    },
    unasked: ['/injected'],
  },
];
