import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textHash } from '../base/fingerprint.ts';
import { Address } from './address.ts';
import { Inserts } from './inserts.ts';

const HOST = 'https://example.com';

/** Learns pages, whose digest is what `digestOf` makes of their path, in this order. */
function learnt(paths: readonly string[], digestOf: (path: string) => number): Inserts {
  const digests = new Map<number, number>();
  const inserts = new Inserts((hash) => digests.get(hash) ?? 0);
  for (const path of paths) {
    const address = new Address(HOST + path);
    digests.set(address.hash, digestOf(path));
    inserts.learn(address, digestOf(path));
  }
  return inserts;
}

const trapIn = (inserts: Inserts, path: string): string | null => inserts.trapIn(new Address(HOST + path));
const FILES = Array.from({ length: 12 }, (_, at) => `file-${at}`);
const under = (...folders: readonly string[]): string[] => folders.flatMap((each) => FILES.map((file) => each + file));
const LOOPS = ['/pub/', '/pub/new/', '/pub/old/', '/pub/new/old/', '/pub/old/new/', '/pub/old/old/', '/pub/new/new/'];
const byFile = (path: string): number => textHash(path.slice(path.lastIndexOf('/')));

test('Inserts: segments that change nothing in any order are set aside where the page without one was had', () => {
  const inserts = learnt(under(...LOOPS), byFile);
  assert.equal(
    trapIn(inserts, '/pub/new/old/new/file-1'),
    `${HOST}: /new changes nothing wherever it stands in a path`,
  );
  assert.notEqual(trapIn(inserts, '/pub/old/new/new/old/new/file-1'), null);
  assert.equal(trapIn(inserts, '/pub/new/file-1'), null);
  assert.equal(trapIn(inserts, '/pub/new/old/file-99'), null);
  assert.equal(trapIn(inserts, '/pub/other/old/file-1'), null);
});

test('Inserts: one page for everything takes more pairs', () => {
  assert.equal(
    trapIn(
      learnt(under(...LOOPS.slice(0, 6)), () => 7),
      '/pub/new/old/new/file-1',
    ),
    null,
  );
  assert.notEqual(
    trapIn(
      learnt(under(...LOOPS), () => 7),
      '/pub/new/old/new/file-1',
    ),
    null,
  );
});

test('Inserts: segments that always stand in one order, or change the page, are none', () => {
  const levels = ['/pub/', '/pub/new/', '/pub/old/', '/pub/new/old/', '/pub/new/old/big/'];
  assert.equal(trapIn(learnt(under(...levels), byFile), '/pub/new/old/file-1'), null);
  assert.equal(trapIn(learnt(under(...LOOPS), textHash), '/pub/new/old/new/file-1'), null);
});
