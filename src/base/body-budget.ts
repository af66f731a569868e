// The memory that bodies may take, all together: what comes on any connection, and what has come and is not settled yet. It only counts; whoever brings bytes
// asks whether there is room, and waits where there is none.

import { systemClock } from './clock.ts';

export class BodyBudget {
  readonly bytesMax: number;
  #bytes = 0;
  #waiting: (() => void)[] = [];

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isSpent(): boolean {
    return this.#bytes >= this.bytesMax;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#waiting.length === 0 || bytes <= 0) return;
    const told = this.#waiting;
    this.#waiting = [];
    // Not at once: whoever gives may be about to take the same bytes for what comes next.
    systemClock.turn().then(() => {
      for (const tell of told) tell();
    });
  }

  /** Calls back once, when something was given. */
  onGiven(tell: () => void): void {
    this.#waiting.push(tell);
  }
}
