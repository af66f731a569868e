// When handshakes begin, and what becomes of those that wait for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HANDSHAKES_A_TURN_MAX } from '../../base/limits.ts';
import type { Exchange } from '../exchange.ts';
import { Handshakes } from './handshakes.ts';

interface Scene {
  readonly begun: readonly number[];
  readonly begin: (count: number) => FakeExchange[];
  /** Lets the event loop have one turn. */
  readonly turn: () => Promise<void>;
  /** Called for each that begins. */
  onBegin: (exchange: FakeExchange) => void;
}

interface FakeExchange {
  readonly number: number;
  dial: { close(): void } | null;
  /** How often its time began anew. */
  begins: number;
  begin(): void;
}

function scene(): Scene {
  const turns: (() => void)[] = [];
  const begun: number[] = [];
  let made = 0;
  const handshakes = new Handshakes({ turn: () => new Promise((resolve) => turns.push(resolve)) }, (exchange) => {
    const own = exchange as unknown as FakeExchange;
    begun.push(own.number);
    on.onBegin(own);
  });
  const on: Scene = {
    begun,
    begin: (count) =>
      Array.from({ length: count }, () => {
        made += 1;
        const exchange: FakeExchange = {
          number: made,
          dial: null,
          begins: 0,
          begin(): void {
            exchange.begins += 1;
          },
        };
        handshakes.begin(exchange as unknown as Exchange);
        return exchange;
      }),
    async turn() {
      for (const resolve of turns.splice(0)) resolve();
      await Promise.resolve();
    },
    onBegin: () => {},
  };
  return on;
}

const MOST = HANDSHAKES_A_TURN_MAX;

test('handshakes: no more begin in one turn than may, in their order, and in the end all of them', async () => {
  const on = scene();
  const exchanges = on.begin(2 * MOST + 3);
  const counts: number[] = [on.begun.length];
  for (let turn = 0; turn < 3; turn += 1) {
    await on.turn();
    counts.push(on.begun.length);
  }
  assert.deepEqual(counts, [MOST, 2 * MOST, 2 * MOST + 3, 2 * MOST + 3]);
  assert.deepEqual(
    on.begun,
    exchanges.map(({ number }) => number),
  );
  // The time that an exchange has waited is not the time of its server.
  assert.deepEqual([exchanges[0]!.begins, exchanges[MOST]!.begins], [0, 1]);
  assert.ok(exchanges.every(({ dial }) => dial === null));
});

test('handshakes: what comes while others wait, waits behind them', async () => {
  const on = scene();
  on.begin(MOST + 1);
  await on.turn();
  on.begin(MOST);
  assert.equal(on.begun.length, 2 * MOST);
  await on.turn();
  assert.deepEqual(on.begun.at(-1), 2 * MOST + 1);
});

test('handshakes: one that is aborted while it waits does not begin, also when another that begins aborts it', async () => {
  const on = scene();
  const exchanges = on.begin(MOST + 4);
  const [first, second, third, fourth] = exchanges.slice(MOST) as [
    FakeExchange,
    FakeExchange,
    FakeExchange,
    FakeExchange,
  ];
  first.dial!.close();
  on.onBegin = (exchange) => exchange === second && third.dial!.close();
  await on.turn();
  assert.deepEqual(on.begun.slice(MOST), [second.number, fourth.number]);
});
