// Keeps the bodies that arrive on all connections within the memory budget. If the budget is spent, each exchange with
// more than its share waits: no more of its response is read. One exchange continues whatever its share, so that some
// body always comes to its end. If none does, the largest body is cut.

import type { BodyBudget } from '../base/body-budget.ts';
import { MEMORY_PATIENCE_MS, READ_BUFFER_BYTES } from '../base/limits.ts';
import type { Exchange, ExchangeOwner } from './exchange.ts';

export class Inflow {
  readonly #budget: BodyBudget;
  readonly #receiving = new Set<Exchange>();
  readonly #waiting = new Set<Exchange>();
  /** The exchange that continues although it has more than its share. */
  #first: Exchange | null = null;
  #isListening = false;
  /** When a body last ended, or memory was given back otherwise; in wheel time. */
  #movedMs = 0;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  /** The exchange's body now takes this many bytes. If there is no room for more, the exchange is made to wait. */
  arrived(exchange: Exchange, bytes: number): void {
    const more = bytes - exchange.heldBytes;
    if (more !== 0) this.#count(exchange, more);
    if (!this.#budget.isSpent || this.#mayGoOn(exchange)) return;
    if (this.#waiting.size === 0) this.#movedMs = exchange.owner.wheel.nowMs;
    this.#waiting.add(exchange);
    exchange.pause();
    this.#listen(exchange.owner);
  }

  /** The exchange has ended, for whatever reason; its bytes now belong to another part. */
  ended(exchange: Exchange, nowMs: number): void {
    if (this.#first === exchange) {
      this.#first = null;
      this.#budget.endLead();
    }
    this.#waiting.delete(exchange);
    if (exchange.heldBytes === 0) return;
    this.#movedMs = nowMs;
    this.#receiving.delete(exchange);
    const bytes = exchange.heldBytes;
    exchange.heldBytes = 0;
    this.#budget.give(bytes);
  }

  /** The largest exchange under way, if no exchange ends and none can continue; otherwise null. */
  tooLarge(nowMs: number, timeoutMs: number): Exchange | null {
    if (nowMs - this.#movedMs < Math.min(timeoutMs, MEMORY_PATIENCE_MS) || this.#letGo()) return null;
    let largest: Exchange | null = null;
    for (const exchange of this.#receiving) {
      if (largest === null || exchange.heldBytes > largest.heldBytes) largest = exchange;
    }
    return largest;
  }

  #count(exchange: Exchange, more: number): void {
    if (exchange.heldBytes === 0) this.#receiving.add(exchange);
    exchange.heldBytes += more;
    if (more > 0) this.#budget.take(more);
    else this.#budget.give(-more);
  }

  #mayGoOn(exchange: Exchange): boolean {
    const { bytes, bytesMax } = this.#budget;
    // Small bodies pass, but not ten thousand of them.
    if (bytes < 2 * bytesMax && exchange.heldBytes <= bytesMax / this.#receiving.size) return true;
    if (this.#budget.tryToLead()) this.#first = exchange;
    return this.#first === exchange;
  }

  #listen(owner: ExchangeOwner): void {
    if (this.#isListening || this.#waiting.size === 0) return;
    this.#isListening = true;
    this.#budget.onGiven(() => {
      this.#isListening = false;
      this.#movedMs = owner.wheel.nowMs;
      this.#letGo();
      this.#listen(owner);
    });
  }

  /**
   * Lets waiting exchanges continue if there is room: small ones first, each of which may bring one read; or the
   * largest one alone. Returns whether any could continue.
   */
  #letGo(): boolean {
    const { bytes, bytesMax, isSpent } = this.#budget;
    const waiting = [...this.#waiting].sort((a, b) => a.heldBytes - b.heldBytes);
    const most = isSpent ? 0 : Math.ceil((bytesMax - bytes) / READ_BUFFER_BYTES);
    let going = waiting.slice(0, most);
    if (isSpent && waiting.length > 0 && this.#budget.tryToLead()) {
      going = waiting.slice(-1);
      this.#first = going[0]!;
    }
    for (const exchange of going) {
      this.#waiting.delete(exchange);
      exchange.goOn();
    }
    return going.length > 0;
  }
}
