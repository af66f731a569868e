// The memory that bodies may take, all together: what comes on any connection, and what has come and is not settled yet. It only counts; whoever brings bytes
// asks whether there is room, and waits where there is none.

import { systemClock } from './clock.ts';

export class BodyBudget {
  readonly bytesMax: number;
  #bytes = 0;
  /** Of these, what has come and is worked on. */
  #worked = 0;
  #isLed = false;
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
    if (bytes > 0) this.#tell();
  }

  /** The same of what has come. */
  takeOver(bytes: number): void {
    this.#worked += bytes;
    this.take(bytes);
  }

  settle(bytes: number): void {
    this.#worked -= bytes;
    this.give(bytes);
  }

  /**
   * One long body at a time may take more than there is, so that there always is one that comes to its end. It begins when most of what has come is worked off: that would
   * come on top of it. Whoever is let do so says when it is over.
   */
  tryToLead(): boolean {
    if (this.#isLed || this.#worked > this.bytesMax / 2) return false;
    this.#isLed = true;
    return true;
  }

  endLead(): void {
    this.#isLed = false;
    this.#tell();
  }

  /** The same, once it may. */
  async lead(): Promise<void> {
    while (!this.tryToLead()) await new Promise<void>((resolve) => this.onGiven(resolve));
  }

  #tell(): void {
    if (this.#waiting.length === 0) return;
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
