import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikeLogout } from './logout.ts';

test('looksLikeLogout: a segment or a field of the query that says so', () => {
  for (const url of [
    'https://a.test/logout',
    'https://a.test/account/Log-Out/',
    'https://a.test/sign_out.php?next=/',
    'https://a.test/wp-login.php?action=logout&_wpnonce=1',
    'https://a.test/?logoff',
    'https://a.test/signoff;x=1',
  ]) {
    assert.equal(looksLikeLogout(url), true, url);
  }
});

test('looksLikeLogout: words that only contain it are pages', () => {
  for (const url of [
    'https://a.test/logout-buttons-in-css',
    'https://a.test/blog/how-to-logout-of-everything',
    'https://a.test/login',
    'https://logout.test/',
    'https://a.test/?q=logout+page',
    'https://a.test/catalogout',
  ]) {
    assert.equal(looksLikeLogout(url), false, url);
  }
});
