// The memory for all bodies together: those that are arriving on any connection, and those that arrived and are not
// settled yet. This part only counts. Code that brings bytes asks whether there is room, and waits if there is none.

import { systemClock } from './clock.ts';

/** Pages whose every eighth byte begins a link have a hundred thousand links in a megabyte. */
const PAGES_AT_WORK_BYTES_MAX = 2 * 1024 * 1024;
/** The shortest link in a page. A page that is parsed counts as long as its links could be written. */
const LINK_LENGTH_MIN = 8;

export class BodyBudget {
  readonly bytesMax: number;
  #bytes = 0;
  /** The part of it that has arrived and is being processed. */
  #worked = 0;
  #isLed = false;
  /** The pages that `admit` let in, and those that wait for them to become fewer. */
  #atWork = 0;
  readonly #queue: { readonly bytes: number; readonly enter: () => void }[] = [];
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
   * Waits until a page may be parsed: its links take many times its length, so few bytes are parsed at a time. The
   * caller must call `parsed`, and `dismiss` once the links are stored.
   */
  async admit(page: number): Promise<void> {
    if (this.#queue.length === 0 && this.#hasRoomAtWork(page)) this.#atWork += page;
    else await new Promise<void>((enter) => this.#queue.push({ bytes: page, enter }));
  }

  /** The page is parsed: from now on only its links count. Returns for how many bytes they do, at most for `page`. */
  parsed(page: number, links: number): number {
    const left = Math.min(page, links * LINK_LENGTH_MIN);
    this.dismiss(page - left);
    return left;
  }

  dismiss(bytes: number): void {
    this.#atWork -= bytes;
    while (this.#queue.length > 0 && this.#hasRoomAtWork(this.#queue[0]!.bytes)) {
      const { bytes: page, enter } = this.#queue.shift()!;
      this.#atWork += page;
      enter();
    }
  }

  #hasRoomAtWork(bytes: number): boolean {
    return this.#atWork === 0 || this.#atWork + bytes <= PAGES_AT_WORK_BYTES_MAX;
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
