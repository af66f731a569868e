// The memory for all bodies together: those that are arriving on any connection, and those that arrived and are not
// settled yet. This part only counts. Code that brings bytes asks whether there is room, and waits if there is none.

import { systemClock } from './clock.ts';

/** Pages with links for each eighth of their bytes have a hundred thousand of them in a megabyte. */
const WORKED_ON_BYTES_MAX = 2 * 1024 * 1024;

export class BodyBudget {
  readonly bytesMax: number;
  #bytes = 0;
  /** The part of it that has arrived and is being processed. */
  #worked = 0;
  #isLed = false;
  /** The part that `workOn` let begin, and who waits for it to become less. */
  #inWork = 0;
  #queue: (() => void)[] = [];
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

  /** Takes memory for a body that has arrived and is being processed. */
  takeOver(bytes: number): void {
    this.#worked += bytes;
    this.take(bytes);
  }

  /**
   * The same for a page, once the pages before it are so far that few bytes are being processed: the links of a page
   * take many times its length. The caller must call `done` in the end.
   */
  async workOn(bytes: number): Promise<number> {
    this.takeOver(bytes);
    while (this.#inWork > 0 && this.#inWork + bytes > WORKED_ON_BYTES_MAX) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    this.#inWork += bytes;
    return bytes;
  }

  done(bytes: number): void {
    this.#inWork -= bytes;
    for (const goOn of this.#queue.splice(0)) goOn();
    this.settle(bytes);
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
