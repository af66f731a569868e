// What stands in a line of Markdown: text, links, images, code, emphasis.

import { BLOCKS, type Branch, type Node } from '../parse/page-tree.ts';
import { codeSpan, escapeText, linkTarget, plainText } from './markdown-text.ts';

/** Joins a link of the page; null for what leads nowhere. */
export type LinkBase = (href: string) => string | null;

const EMPHASIS: Readonly<Record<string, string>> = {
  b: '**',
  strong: '**',
  em: '*',
  i: '*',
  del: '~~',
  s: '~~',
  strike: '~~',
};
const CODE: ReadonlySet<string> = new Set(['code', 'kbd', 'samp', 'tt', 'var']);
/** Signs that only lead to the place where they stand. */
const ANCHOR_TEXT = /^[\s#¶§🔗]*$/u;

/** White space at either end says whether there was any; a line feed is a `br`. */
export function inlineText(nodes: readonly Node[], base: LinkBase): string {
  const pieces: string[] = [];
  for (const node of nodes) {
    const piece = typeof node === 'string' ? escapeText(plainText(node)) : inlineOf(node, base);
    if (piece === '') continue;
    const last = pieces.pop();
    if (last === undefined) pieces.push(piece);
    else pieces.push(...joined(last, piece));
  }
  return pieces.join('');
}

/** Two pieces that follow each other, as they mean in one line what they mean apart. */
function joined(last: string, piece: string): [string, string] {
  // White space is one, wherever the tags stand in it.
  if (/[ \n]/.test(last.at(-1)!) && piece.startsWith(' ')) return [last, piece.slice(1)];
  // A sign before a link makes no image of it, code next to code is not one, and emphasis goes on.
  if (piece.startsWith('[') && last.endsWith('!')) return [`${last.slice(0, -1)}\\!`, piece];
  if (piece.startsWith('`') && last.endsWith('`')) return [`${last} `, piece];
  const sign = /(?<![\\*~])(?:\*{1,2}|~~)$/.exec(last.slice(-4))?.[0];
  const isSame = sign !== undefined && piece.startsWith(sign) && piece[sign.length] !== sign[0];
  return isSame ? [last.slice(0, -sign.length), piece.slice(sign.length)] : [last, piece];
}

function inlineOf(branch: Branch, base: LinkBase): string {
  const { name, children } = branch;
  if (name === 'br') return '\n';
  if (name === 'a') return linkOf(branch, base);
  if (name === 'img') return imageOf(branch, base);
  if (name === 'math') return mathOf(branch, base);
  if (name === 'input') return '';
  if (CODE.has(name)) return codeOf(children, base);
  const text = inlineText(children, base);
  if (Object.hasOwn(EMPHASIS, name)) return wrapped(text, EMPHASIS[name]!, EMPHASIS[name]!);
  if (name === 'q') return wrapped(text, '"', '"');
  // The text of a block in a line stands apart from what is around it.
  return BLOCKS.has(name) && text !== '' ? ` ${text} ` : text;
}

function linkOf({ attributes, children }: Branch, base: LinkBase): string {
  const text = inlineText(children, base).replaceAll('\n', ' ');
  const href = attributes['href'];
  if (href === undefined) return text;
  if (href.startsWith('#') && ANCHOR_TEXT.test(text)) return '';
  const target = targetOf(href, base);
  return target === null || text.trim() === '' ? text : wrapped(text, '[', `](${target})`);
}

function imageOf({ attributes }: Branch, base: LinkBase): string {
  const alt = escapeText(plainText(attributes['alt'] ?? '')).trim();
  if (alt === '') return '';
  const src = attributes['src'] ?? '';
  // Until somebody looks, a picture may be an empty one.
  const later = attributes['data-src'];
  const target = targetOf(later !== undefined && (src === '' || src.startsWith('data:')) ? later : src, base);
  return target === null ? alt : `![${alt}](${target})`;
}

function mathOf({ attributes, children }: Branch, base: LinkBase): string {
  const tex = plainText(attributes['alttext'] ?? '').trim();
  return tex === '' ? inlineText(children, base) : codeSpan(tex);
}

/** Links in code are links of code. */
function codeOf(nodes: readonly Node[], base: LinkBase): string {
  let text = '';
  let code = '';
  for (const node of nodes) {
    if (typeof node === 'string' || !hasLink(node)) code += typeof node === 'string' ? node : rawText(node);
    else {
      text += codePiece(code) + linked(node, base);
      code = '';
    }
  }
  return text + codePiece(code);
}

function linked(node: Branch, base: LinkBase): string {
  if (node.name !== 'a') return codeOf(node.children, base);
  const target = targetOf(node.attributes['href'] ?? '', base);
  const code = codePiece(rawText(node));
  return target === null || code.trim() === '' ? code : wrapped(code, '[', `](${target})`);
}

/** Its white space stands outside. */
function codePiece(text: string): string {
  const plain = plainText(text);
  const inner = plain.trim();
  if (inner === '') return plain;
  return `${plain.startsWith(' ') ? ' ' : ''}${codeSpan(inner)}${plain.endsWith(' ') ? ' ' : ''}`;
}

/** Signs around a text, within its white space. */
function wrapped(text: string, before: string, behind: string): string {
  const inner = text.trim();
  if (inner === '') return text;
  return `${/^\s/.test(text) ? ' ' : ''}${before}${inner}${behind}${/\s$/.test(text) ? ' ' : ''}`;
}

function targetOf(href: string, base: LinkBase): string | null {
  const url = base(href);
  return url === null ? null : linkTarget(url);
}

function hasLink(branch: Branch): boolean {
  if (branch.name === 'a') return branch.attributes['href'] !== undefined;
  return branch.children.some((child) => typeof child !== 'string' && hasLink(child));
}

/** All text of an element as it stands. */
export function rawText(node: Node): string {
  if (typeof node === 'string') return node;
  return node.name === 'br' ? '\n' : node.children.map(rawText).join('');
}
