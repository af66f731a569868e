// Makes pages that are awkward to read: by a grammar of what is seldom written and rightly read by few, and by damage
// done to that.

import type { Random } from '../helpers/random.ts';
import { Dice } from './dice.ts';
import {
  BLOCKS,
  BYTES,
  CDATA_BITS,
  COMMENT_BITS,
  ENCODINGS,
  FOREIGN,
  LINKING,
  NAMES,
  RAW,
  REFERENCES,
  SCRIPT_BITS,
  SPACES,
  TEXT_BITS,
  VALUE_BITS,
} from './words.ts';

/** A page as a string of bytes: each character is one. */
export function madePage(random: Random): string {
  const maker = new Maker(random);
  let page = '';
  for (let count = maker.below(5) + 1; count > 0; count -= 1) page += maker.part();
  page += maker.ending();
  const bytes = Buffer.from(page).toString('latin1');
  return maker.chance(0.3) ? maker.damaged(bytes, DAMAGE) : bytes;
}

const DEPTH_MAX = 5;
const DAMAGE = [...BYTES, '\0', '\r', '<', '>', '"', "'", '&', '/', '=', '-', '!', ' '];

class Maker extends Dice {
  part(depth = 0): string {
    const kind = this.below(20);
    if (kind < 5) return this.link();
    if (kind < 7) return this.tag();
    if (kind < 10) return this.rawText();
    if (kind < 12) return this.comment();
    if (kind < 13) return this.pick(TEXT_BITS);
    if (kind < 14) return this.pick(CDATA_BITS);
    if (depth > DEPTH_MAX) return '';
    return kind < 17 ? this.element(this.pick(BLOCKS), depth) : this.foreign(depth);
  }

  /** A last link tells whether the reader knows where it is; a cut tag is none. */
  ending(): string {
    if (this.chance(0.8)) return '<a href=end>';
    return this.link().slice(0, -1 - this.below(6));
  }

  link(): string {
    return `<${this.cased(this.pick(LINKING))}${this.attributes()}${this.pick(['>', '>', '>', '/>', ' >', ' / >', '//>'])}`;
  }

  /** Opened or closed as it happens. */
  tag(): string {
    const name = this.cased(this.pick(this.pick([LINKING, RAW, BLOCKS, BLOCKS, FOREIGN])));
    const attributes = this.chance(0.3) ? this.attributes() : '';
    return `${this.pick(['<', '<', '</', '</'])}${name}${attributes}${this.pick(['>', '>', '>', '/>', ' >', '', ' ', '<'])}`;
  }

  element(name: string, depth: number): string {
    const attributes = this.chance(0.3) ? this.attributes() : '';
    const open = `<${this.cased(name)}${attributes}>`;
    return open + this.several(3, () => this.part(depth + 1)) + this.close(name);
  }

  rawText(): string {
    const name = this.pick(RAW);
    const bits =
      name === 'script'
        ? SCRIPT_BITS
        : this.pick([COMMENT_BITS, TEXT_BITS, [`</${name}`, `<${name}>`, `</${name}x>`, '</', '<']]);
    const inside = this.several(6, () =>
      this.chance(0.25) ? this.pick(['<a href=in>', '</a>', '<b>']) : this.pick(bits),
    );
    return `<${this.cased(name)}${this.chance(0.2) ? this.attributes() : ''}>${inside}${this.close(name)}`;
  }

  comment(): string {
    const inside = this.several(4, () => (this.chance(0.2) ? '<a href=in>' : this.pick(COMMENT_BITS)));
    return (
      this.pick(['<!--', '<!--', '<!-', '<!', '<?', '']) + inside + this.pick(['-->', '-->', '--!>', '>', '->', ''])
    );
  }

  foreign(depth: number): string {
    const root = this.pick(['svg', 'svg', 'math']);
    const inside = (level: number): string => {
      const kind = this.below(10);
      if (kind < 2) return this.pick(CDATA_BITS) + (this.chance(0.5) ? `<a href=in>${this.pick(CDATA_BITS)}` : '');
      if (kind < 4) return this.link();
      if (kind < 6 || level > DEPTH_MAX) return this.part(level);
      const name = this.pick(FOREIGN);
      const encoding = name === 'annotation-xml' || this.chance(0.1) ? ` encoding=${this.pick(ENCODINGS)}` : '';
      const more = this.chance(0.2) ? this.attributes() : '';
      return `<${this.cased(name)}${encoding}${more}${this.pick(['>', '>', '>', '/>'])}${this.several(3, () => inside(level + 1))}${this.close(name)}`;
    };
    return `<${this.cased(root)}>${this.several(4, () => inside(depth + 1))}${this.close(root)}`;
  }

  /** Mostly closed as it should be. */
  close(name: string): string {
    if (this.chance(0.1)) return this.chance(0.5) ? '' : `</${this.cased(this.pick(BLOCKS))}>`;
    return `</${this.cased(name)}${this.pick(['>', '>', '>', '>', ' >', '/>', '\n>', '\f x=">">', '', 'x>', '\0>'])}`;
  }

  attributes(): string {
    return this.several(3, () => this.attribute());
  }

  attribute(): string {
    const name = this.chance(0.6) ? this.pick(['href', 'href', 'src', 'rel', 'content']) : this.pick(NAMES);
    const equals = this.chance(0.7) ? '=' : this.pick([' = ', '=\n', '\t=', '==', '', ' ', '=/', '\r=\r']);
    return this.space() + name + equals + this.value();
  }

  value(): string {
    const text = this.several(3, () => this.pick(this.chance(0.4) ? REFERENCES : VALUE_BITS));
    const quote = this.pick(['"', '"', "'", '']);
    return quote + text + (this.chance(0.95) ? quote : this.pick(['', '"', "'"]));
  }

  space(): string {
    return this.chance(0.7) ? ' ' : this.pick(SPACES);
  }

  cased(name: string): string {
    if (this.chance(0.8)) return name;
    return [...name].map((letter) => (this.chance(0.5) ? letter.toUpperCase() : letter)).join('');
  }
}
