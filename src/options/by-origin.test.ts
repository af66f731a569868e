import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from './read-options.ts';

const authOf = (text: string) => readOptions(['http://a.test/'], [{ name: 'auth', as: '--auth', text }], {}).auth;

test('readOptions: a login for what is no origin of the web is refused, and its password is not shown', () => {
  for (const text of ['ftp://x=a:s3', 'wss://x=a:s3', 'https://x', 'https://x=s3', 'ftp://x', 'a+b.c-1://x:1=a:s3']) {
    assert.throws(
      () => authOf(text),
      ({ message }: Error) => message.includes('is not written like USER:PASS') && !message.includes('s3'),
      text,
    );
  }
});

test('readOptions: a password may begin with // behind its origin', () => {
  for (const text of ['https://x.test=me://b=c', 'me:/b', 'me:x://y=z']) assert.deepEqual(authOf(text), [text]);
});
