import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerLinks } from './header-links.ts';
import { nothingUnkept } from './join-links.ts';

const context = { url: 'http://a.test/b/', contentType: 'text/plain' };
const join = (href: string): string | null => URL.parse(href, context.url)?.href ?? null;
const bytes = (text: string): string => Buffer.from(text).toString('latin1');

test('headerLinks: octets of a target are percent-encoded as they came, whatever they were meant to be', () => {
  const linkHeaders = [`<${bytes('/кот')}>; rel=next, </caf\xe9?\xfc=1>; rel=next`, '<%D0%BA>; rel=prev'];
  assert.deepEqual(
    headerLinks({ ...context, linkHeaders }, join, false, nothingUnkept()).map(({ url }) => url),
    ['http://a.test/%D0%BA%D0%BE%D1%82', 'http://a.test/caf%E9?%FC=1', 'http://a.test/b/%D0%BA'],
  );
});

test('headerLinks: Refresh leads on as the meta element does', () => {
  const refreshes: readonly (readonly [value: string, url: string | null])[] = [
    ['0; url=next', 'http://a.test/b/next'],
    ["5;URL='/x y'", 'http://a.test/x%20y'],
    ['0, /caf\xe9', 'http://a.test/caf%E9'],
    [`1; url=${bytes('кот')}`, 'http://a.test/b/%D0%BA%D0%BE%D1%82'],
    ['3', null],
    ['soon; url=/x', null],
    ['0; url=mailto:a@b', null],
  ];
  for (const [refresh, url] of refreshes) {
    const expected = url === null ? [] : [{ kind: 'refresh', rel: '', url, element: 'header' }];
    assert.deepEqual(
      headerLinks({ ...context, refreshes: [refresh] }, join, false, nothingUnkept()),
      expected,
      refresh,
    );
  }
});

test('headerLinks: each of several fields of Refresh counts', () => {
  for (const [refreshes, paths] of [
    [
      ['0; url=/a', '5; url=/b'],
      ['/a', '/b'],
    ],
    [['30', '5; url=/b'], ['/b']],
    [['soon; url=/x', '0; url=/a', ''], ['/a']],
    [[], []],
  ] as const) {
    const links = headerLinks({ ...context, refreshes }, join, false, nothingUnkept());
    assert.deepEqual(
      links.map(({ url }) => new URL(url).pathname),
      paths,
    );
  }
});
