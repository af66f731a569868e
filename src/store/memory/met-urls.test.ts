import assert from 'node:assert/strict';
import test from 'node:test';
import { KNOWN_URL_LENGTH_MAX, KNOWN_URLS_CACHED_MAX } from '../../base/limits.ts';
import { MetUrls } from './met-urls.ts';

const LOOKUPS_OF_A_REST = 1_000_000;

const TRIAL_ENTRIES = 4_096;

/** Adds URLs; before each, the menu is found so often. */
function fill(met: MetUrls, entries: number, finds: number): void {
  for (let id = 0; id < entries; id += 1) {
    for (let find = 0; find < finds; find += 1) assert.equal(met.get('http://a.test/menu'), 1);
    met.add(`http://a.test/${id}`, id);
  }
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
  fill(met, TRIAL_ENTRIES, 0);
  met.add('http://a.test/', 7);
  for (let lookup = 0; lookup < LOOKUPS_OF_A_REST; lookup += 1) assert.equal(met.get('http://a.test/'), undefined);
  met.add('http://a.test/', 7);
  assert.equal(met.get('http://a.test/'), 7);
});

test('a table that is of use goes on, and is emptied when it is full', () => {
  const met = new MetUrls();
  met.add('http://a.test/menu', 1);
  fill(met, KNOWN_URLS_CACHED_MAX - 1, 2);
  assert.equal(met.get('http://a.test/0'), 0);
  met.add('http://a.test/last', 2);
  assert.equal(met.get('http://a.test/menu'), undefined);
  assert.equal(met.get('http://a.test/last'), 2);
});
