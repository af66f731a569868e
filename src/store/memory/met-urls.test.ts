import assert from 'node:assert/strict';
import test from 'node:test';
import { KNOWN_URL_LENGTH_MAX, KNOWN_URLS_CACHED_MAX } from '../../base/limits.ts';
import { MetUrls } from './met-urls.ts';

const LOOKUPS_OF_A_REST = 1_000_000;

function fill(met: MetUrls): void {
  for (let id = 0; id <= KNOWN_URLS_CACHED_MAX; id += 1) met.add(`http://a.test/${id}`, id);
}

test('a URL is found under its id, and a long one is not kept', () => {
  const met = new MetUrls();
  const long = `http://a.test/${'a'.repeat(KNOWN_URL_LENGTH_MAX)}`;
  met.add('http://a.test/', 7);
  met.add(long, 8);
  assert.equal(met.get('http://a.test/'), 7);
  assert.equal(met.get(long), undefined);
});

test('a table that was seldom of use rests for a while and then learns again', () => {
  const met = new MetUrls();
  fill(met);
  met.add('http://a.test/', 7);
  for (let lookup = 0; lookup < LOOKUPS_OF_A_REST; lookup += 1) assert.equal(met.get('http://a.test/'), undefined);
  met.add('http://a.test/', 7);
  assert.equal(met.get('http://a.test/'), 7);
});

test('a table that was of use is emptied when it is full, and goes on', () => {
  const met = new MetUrls();
  met.add('http://a.test/menu', 1);
  for (let lookup = 0; lookup < 4 * KNOWN_URLS_CACHED_MAX; lookup += 1) assert.equal(met.get('http://a.test/menu'), 1);
  fill(met);
  assert.equal(met.get('http://a.test/menu'), undefined);
  met.add('http://a.test/menu', 1);
  assert.equal(met.get('http://a.test/menu'), 1);
});
