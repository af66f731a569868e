// What all makers of cases throw: numbers, chances, choices, and damage done to what was made.

import type { Random } from '../helpers/random.ts';

export class Dice {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Up to `most` of what is made, one behind the other. */
  several(most: number, make: () => string): string {
    let text = '';
    for (let count = this.below(most + 1); count > 0; count -= 1) text += make();
    return text;
  }

  /** The text with one to three stretches lost, doubled, moved or written otherwise. */
  damaged(whole: string, inserts: readonly string[]): string {
    let text = whole;
    for (let count = this.below(3) + 1; count > 0; count -= 1) {
      const at = this.below(text.length);
      const end = at + this.below(Math.min(12, text.length - at) + 1);
      const [before, piece, behind] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
      switch (this.below(7)) {
        case 0:
          text = before + behind;
          break;
        case 1:
          text = before + piece + piece + behind;
          break;
        case 2:
          text = before + this.pick(inserts) + text.slice(at);
          break;
        case 3:
          text = before;
          break;
        case 4:
          text = before + piece.toUpperCase() + behind;
          break;
        case 5: {
          const to = this.below(before.length + 1);
          text = before.slice(0, to) + piece + before.slice(to) + behind;
          break;
        }
        default:
          text = before + String.fromCharCode(this.below(256)) + text.slice(at + 1);
      }
    }
    return text;
  }
}
