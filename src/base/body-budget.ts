// The memory for all bodies together: those that are arriving on any connection, and those that arrived and are not
// settled yet. This part only counts. Code that brings bytes asks whether there is room, and waits if there is none.

import { systemClock } from './clock.ts';

/** Pages whose every eighth byte begins a link have a hundred thousand links in a megabyte. */
const PAGES_AT_WORK_BYTES_MAX = 2 * 1024 * 1024;
const SHORT_PAGES_AT_WORK_BYTES_MAX = 512 * 1024;
const SHORT_PAGE_BYTES_MAX = 64 * 1024;
/** The shortest link in a page. A page that is parsed counts as long as its links could be written. */
const LINK_LENGTH_MIN = 8;

export class BodyBudget {
  readonly bytesMax: number;
  #bytes = 0;
  /** The part of it that has arrived and is being processed. */
  #worked = 0;
  #isLed = false;
  readonly #longPages = new Lane(PAGES_AT_WORK_BYTES_MAX);
  readonly #shortPages = new Lane(SHORT_PAGES_AT_WORK_BYTES_MAX);
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

  /** Takes memory for a body that has arrived and is being processed. Returns `bytes`. */
  takeOver(bytes: number): number {
    this.#worked += bytes;
    this.take(bytes);
    return bytes;
  }

  /**
   * Waits until a page may be parsed: its links take many times its length, so few bytes are parsed at a time. Short
   * pages do not wait for long ones. The caller must call `parsed`, and `stored` in the end.
   */
  admit(page: number): Promise<void> {
    return this.#laneOf(page).enter(page);
  }

  /** The page is parsed: from now on only its links count. Returns for how many bytes they do, at most for `page`. */
  parsed(page: number, links: number): number {
    const left = Math.min(page, links * LINK_LENGTH_MIN);
    this.#laneOf(page).leave(page - left);
    return left;
  }

  /** A body that was taken over is processed. `links` is what `parsed` returned for it, or 0 if it was no page. */
  stored(bytes: number, links: number): void {
    this.#laneOf(bytes).leave(links);
    this.settle(bytes);
  }

  #laneOf(page: number): Lane {
    return page <= SHORT_PAGE_BYTES_MAX ? this.#shortPages : this.#longPages;
  }

  /** Counts these bytes until the work is done. It must not fail. */
  async during<T>(work: Promise<T>, bytes: number): Promise<T> {
    this.take(bytes);
    const result = await work;
    this.give(bytes);
    return result;
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

/** Lets so many bytes in at a time, or one that is longer; the others wait in their order. */
class Lane {
  readonly #bytesMax: number;
  #bytes = 0;
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  async enter(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#hasRoom(bytes)) this.#bytes += bytes;
    else await new Promise<void>((enter) => this.#waiting.push({ bytes, enter }));
  }

  leave(bytes: number): void {
    this.#bytes -= bytes;
    while (this.#waiting.length > 0 && this.#hasRoom(this.#waiting[0]!.bytes)) {
      const { bytes: next, enter } = this.#waiting.shift()!;
      this.#bytes += next;
      enter();
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.#bytesMax;
  }
}
