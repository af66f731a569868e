// The memory for all bodies together: those that are arriving on any connection, and those that arrived and are not
// settled yet. This part only counts. Code that brings bytes asks whether there is room, and waits if there is none.

import { systemClock } from './clock.ts';

export class BodyBudget {
  readonly bytesMax: number;
  #bytes = 0;
  /** The part of it that has arrived and is being processed. */
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

  /** Takes memory for a body that has arrived and is being processed. Returns how much, for `settle`. */
  takeOver(bytes: number): number {
    this.#worked += bytes;
    this.take(bytes);
    return bytes;
  }

  settle(bytes: number): void {
    this.#worked -= bytes;
    this.give(bytes);
  }

  /**
   * Lets one long body at a time exceed the budget, so that some body can always finish. It may begin once most of the
   * arrived bodies are processed, because its memory comes on top of theirs. The caller must call `endLead` when it is
   * over.
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

  /** Waits until `tryToLead` succeeds. */
  async lead(): Promise<void> {
    while (!this.tryToLead()) await new Promise<void>((resolve) => this.onGiven(resolve));
  }

  #tell(): void {
    if (this.#waiting.length === 0) return;
    const told = this.#waiting;
    this.#waiting = [];
    // Deferred, because the code that gives memory back may take it again at once for its next bytes.
    systemClock.turn().then(() => {
      for (const tell of told) tell();
    });
  }

  /** Calls back once, the next time memory is given back. */
  onGiven(tell: () => void): void {
    this.#waiting.push(tell);
  }
}
