import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginMarkOf } from '../../base/login-mark.ts';
import { showsMark } from './login-mark.ts';

function shows(written: string, page: string): boolean {
  const mark = loginMarkOf(written);
  assert.ok(mark !== null && mark.kind !== 'url', written);
  return showsMark(Buffer.from(page), 'text/html; charset=utf-8', mark);
}

test('showsMark: a text, whatever space and elements are in it, and not one that nobody reads', () => {
  for (const page of ['<p>Log out</p>', '<b>Log\n &nbsp;<i>o</i>ut</b>', '<a>&#76;og out</a>']) {
    assert.ok(shows('Log out', page), page);
    assert.ok(shows('text: Log  out ', page), page);
  }
  for (const page of ['<p>log out', '<!-- Log out -->', '<script>"Log out"</script>', '<title>Log out</title>', ''])
    assert.ok(!shows('Log out', page), page);
});

test('showsMark: an element by its name, class, id and attributes', () => {
  const page = `<nav id=top><A HREF="/user/Logout?x=1&amp;y" class="btn big" data-on>out</A><input type=hidden lang=en-GB></nav>`;
  const there =
    'a|*|a.btn|.big|#top|nav#top|[data-on]|a[href*=logout i]|a[href*="Logout?x=1&y"]|a[href^="/user/"]|a[href$=y]|[lang|=en]|a[class~="big"].btn[href]|p, a.btn|[type=\'hidden\']';
  for (const selector of there.split(/\|(?!=)/)) assert.ok(shows(`css:${selector}`, page), selector);
  for (const selector of ['p', 'a.bt', '#to', 'a[href*=logout]', '[href^=""]', 'nav.btn', 'p, b', '[lang|=e]'])
    assert.ok(!shows(`css:${selector}`, page), selector);
});

test('loginMarkOf: URLs with and without a prefix, and what is none', () => {
  for (const text of ['url:https://a.test/me#x', 'https://a.test/me', 'URL:https://a.test/me'])
    assert.deepEqual(loginMarkOf(text), { kind: 'url', url: 'https://a.test/me' });
  for (const text of [
    '',
    'text: ',
    'css:',
    'css:a b',
    'css:a > b',
    'css:a,',
    'css:a:hover',
    'css:[x=',
    'url:x',
    'url:',
    'https://u:p@a/',
  ])
    assert.equal(loginMarkOf(text), null, text);
});
