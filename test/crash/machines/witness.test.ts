// The witness notices what it is for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPace } from '../judge.ts';
import type { SiteRequest } from '../site.ts';
import type { LogKind } from '../site-process.ts';
import { checkAlone, checkHolds } from './witness.ts';

const at = (atMs: number, kind: LogKind, worker: number, host = 'a'): SiteRequest => {
  return { atUs: atMs * 1_000, kind, worker: String(worker), host, path: `/${worker}` };
};

test('checkAlone: two workers may ask a host in turn, and not at once', () => {
  assert.deepEqual(checkAlone([at(1, 'page', 1), at(2, 'page', 2)], [1_500]), [], 'a stopped worker goes on');
  const inTurn = [at(1, 'page', 1), at(2, 'page', 1), at(3, 'end', 1), at(4, 'end', 1), at(5, 'robots', 2)];
  assert.deepEqual(checkAlone(inTurn), []);
  assert.deepEqual(checkAlone([at(1, 'page', 1), at(2, 'page', 2, 'b')]), [], 'of several hosts');
  const atOnce = [at(1, 'page', 1), at(2, 'page', 1), at(3, 'end', 1), at(4, 'robots', 2), at(5, 'end', 1)];
  assert.deepEqual(
    checkAlone(atOnce).map(({ harm }) => harm),
    ['two at once'],
  );
});

test('checkPace: no two requests are too close, but for one that a stopped process had almost written', () => {
  const wire = ['0', '30000', '2030000', '2037000', '2150000', '2160000'].map((at) => `${at} GET /x a`).join('\n');
  const complaints = (goneOnAt: number[]): string[] => checkPace(wire, 20, goneOnAt).map(({ what }) => what);
  assert.deepEqual(
    complaints([]).map((what) => /[\d.]+ ms after/.exec(what)?.[0]),
    ['7 ms after', '10 ms after'],
  );
  assert.equal(complaints([2_025_000]).length, 1);
});

test('checkHolds: no worker may ask a host that asked for a pause', () => {
  const log = [at(0, 'trouble', 1), at(1_999, 'page', 2, 'b'), at(2_000, 'page', 2)];
  assert.deepEqual(checkHolds(log, 2, []), []);
  const early = [at(0, 'trouble', 1), at(1_900, 'page', 2)];
  assert.deepEqual(
    checkHolds(early, 2, []).map(({ harm }) => harm),
    ['pace'],
  );
  assert.deepEqual(checkHolds(early, 2, [500_000]), [], 'the worker that was told had just been killed');
  assert.equal(checkHolds(early, 2, [1_500_000]).length, 1, 'it was killed later');
});
