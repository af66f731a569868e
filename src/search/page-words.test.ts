import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageWords } from './page-words.ts';

test('pageWords: the text of a link belongs to the URL that the crawl asks for, in the encoding of the page', () => {
  const urlsOf = (charset: string, html: string): string[] => {
    const body = Buffer.from(html, 'latin1');
    const words = pageWords(body, `text/html; charset=${charset}`, 'https://a.test/d/p', () => true);
    return words.anchors.map(({ url }) => url);
  };
  const text = 'an entry of the list';
  assert.deepEqual(urlsOf('iso-8859-1', `<a href="/caf\xe9?q=\xe9">${text}</a>`), ['https://a.test/caf%C3%A9?q=%E9']);
  assert.deepEqual(urlsOf('gb2312', `<a href="?q=\xd6\xd0">${text}</a>`), ['https://a.test/d/p?q=%D6%D0']);
  assert.deepEqual(urlsOf('utf-8', `<a href="?q=\xc3\xa9">${text}</a>`), ['https://a.test/d/p?q=%C3%A9']);
});
