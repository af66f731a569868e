// The inline parts of Markdown: text, links, images, code, emphasis.

import { BLOCKS, type Branch, type Node } from '../../parse/html/page-tree.ts';
import { inlineCode } from './code-lines.ts';
import { mathOf } from './math.ts';
import { codeSpan, escapeText, isWord, linkTarget, plainText } from './text.ts';

/** Resolves a link of the page; null if it leads nowhere. */
export type LinkBase = (href: string) => string | null;

/** A piece of a line with its emphasis signs. If it has signs, its text has no white space at its ends. */
interface Piece {
  readonly text: string;
  readonly signs: string;
}

const EMPHASIS: Readonly<Record<string, string>> = {
  b: '**',
  strong: '**',
  em: '*',
  i: '*',
  del: '~~',
  s: '~~',
  strike: '~~',
};
const CODE: ReadonlySet<string> = new Set(['code', 'kbd', 'samp', 'tt', 'var', 'pre', 'listing']);
/** Link text that marks only an anchor. */
const ANCHOR_TEXT = /^(?:[\s#¶§🔗⚓\u200b\ufeff]|\ufe0e|\ufe0f)*$/u;
/** A link without anything around it. */
const NOTE = /^\[([^[\]\\]+)\](?=\([^\s()]+\)$)/;
const ORDINAL = /^(?:st|nd|rd|th)$/i;
const TRADE_MARK = /^[®©™℠]$/;
const RAISING = /vertical-align\s*:\s*(super|sub)\b/i;
/** `-3`, `2+` or `ij`, but not `n+1`: `x^n+1` would be another power and one more. */
const SINGLE = /^(?:[+−-]?[\p{L}\p{N}.,]+[+−-]*|[+−-]+|\(.*\))$/u;

/** The text of a line. White space at its ends is kept as one space; a line feed stands for a `br`. */
export function inlineText(nodes: readonly Node[], base: LinkBase): string {
  const pieces: Piece[] = [];
  collect(nodes, base, '', pieces);
  return joined(pieces);
}

/** `around` holds the emphasis signs that are already around the text. */
function collect(nodes: readonly Node[], base: LinkBase, around: string, pieces: Piece[]): void {
  for (let at = 0; at < nodes.length; at += 1) {
    const node = nodes[at]!;
    if (typeof node === 'string') {
      put(escapeText(plainText(node)), '', pieces);
      continue;
    }
    const { name, children } = node;
    const signs = Object.hasOwn(EMPHASIS, name) && !around.includes(EMPHASIS[name]!) ? EMPHASIS[name]! : null;
    const raising = raisingOf(node);
    let text: string | null;
    if (raising !== null) text = raised(inlineText(children, base), raising, pieces.at(-1)?.text ?? '', nodes[at + 1]);
    else text = signs === null ? inlineOf(node, base) : emphasized(children, base, around + signs);
    if (text !== null) putApart(text, signs ?? '', pieces);
    else if (BLOCKS.has(node)) {
      // A block within a line is separated from the text around it.
      put(' ', '', pieces);
      collect(children, base, around, pieces);
      put(' ', '', pieces);
    } else collect(children, base, around, pieces);
  }
}

function emphasized(children: readonly Node[], base: LinkBase, around: string): string {
  const pieces: Piece[] = [];
  collect(children, base, around, pieces);
  return joined(pieces);
}

/** Null for an element that is only its text. */
function inlineOf(branch: Branch, base: LinkBase): string | null {
  const { name, children } = branch;
  switch (name) {
    case 'br':
      return '\n';
    case 'a':
      return linkOf(branch, base);
    case 'img':
      return imageOf(branch, base);
    case 'math':
      return mathOf(branch);
    case 'input':
    case 'rp':
      return '';
    case 'rt':
      return wrapped(inlineText(children, base), '(', ')');
    case 'q':
      return wrapped(inlineText(children, base), '"', '"');
    default:
      return CODE.has(name) ? codeOf(children, base) : null;
  }
}

/** Whether an element is superscript or subscript, by its name or its style. */
function raisingOf(branch: Branch): 'sup' | 'sub' | null {
  const { name, attributes } = branch;
  if (name === 'sup' || name === 'sub') return name;
  const { style } = attributes;
  const found = style === undefined || BLOCKS.has(branch) ? null : RAISING.exec(style);
  return found === null ? null : found[1]!.toLowerCase() === 'super' ? 'sup' : 'sub';
}

/** Marks superscript and subscript, because 10 to the 6 must not become 106. */
function raised(inside: string, name: 'sup' | 'sub', before: string, next: Node | undefined): string {
  const text = inside.trim();
  // A link to a note gets brackets, unless it already has brackets or a star.
  if (NOTE.test(text)) return inside.replace(text, () => text.replace(NOTE, '[\\[$1\\]]'));
  const isOrdinal = /\d/.test(before.at(-1) ?? '') && ORDINAL.test(text);
  if (isOrdinal || TRADE_MARK.test(text) || /\s/.test(before.at(-1) ?? '') || /^(?:\\?\[|\\\*|$)/.test(text))
    return inside;
  // `log_(2)n` needs brackets, `H_2O` does not.
  const isGoingOn = typeof next === 'string' && (name === 'sup' ? /^[\p{L}\p{N}]/u : /^[\p{Ll}\p{N}]/u).test(next);
  const isSingle = SINGLE.test(text) && (!isGoingOn || text.startsWith('('));
  return wrapped(inside, `${name === 'sup' ? '^' : '\\_'}${isSingle ? '' : '('}`, isSingle ? '' : ')');
}

/** Moves white space out of the emphasis signs. */
function putApart(text: string, signs: string, pieces: Piece[]): void {
  if (signs === '' || text.trim() === '') return put(text, '', pieces);
  if (/^\s/.test(text)) put(text.startsWith('\n') ? '\n' : ' ', '', pieces);
  put(text.trim(), signs, pieces);
  if (/\s/.test(text.at(-1)!)) put(text.endsWith('\n') ? '\n' : ' ', '', pieces);
}

function put(text: string, signs: string, pieces: Piece[]): void {
  const last = pieces.at(-1)?.text.at(-1);
  // Adjacent white space becomes one space, even if tags separate it.
  const isSpaced = text.startsWith(' ') && (last === ' ' || last === '\n');
  const piece = isSpaced ? text.slice(1) : text;
  if (piece !== '') pieces.push({ text: piece, signs });
}

/** Adds a piece to a line. Characters at the joint are escaped or separated, so that the pieces keep their meaning. */
function append(text: string, line: string[]): void {
  const last = line.at(-1);
  let piece = text;
  if (last !== undefined) {
    // `!` before a link would make an image, and adjacent code spans would become one.
    if (text.startsWith('[') && last.endsWith('!')) line[line.length - 1] = `${last.slice(0, -1)}\\!`;
    else if (text.startsWith('`') && last.endsWith('`')) line.push(' ');
    // An underscore inside a word has no meaning.
    else if (text.startsWith('\\_') && isWord(last, last.length - 1) && isWord(text, 2)) piece = text.slice(1);
  }
  if (piece !== '') line.push(piece);
}

function joined(pieces: readonly Piece[]): string {
  const line: string[] = [];
  for (let at = 0; at < pieces.length; ) {
    const { signs } = pieces[at]!;
    const part: string[] = signs === '' ? line : [];
    // Emphasis continues over adjacent elements.
    for (; at < pieces.length && pieces[at]!.signs === signs; at += 1) append(pieces[at]!.text, part);
    if (signs === '') continue;
    const text = part.join('');
    const isEmphasis = isFlanked(line.at(-1) ?? '', text, pieces[at]?.text ?? ' ');
    append(isEmphasis ? signs + text + signs : text, line);
  }
  return line.join('');
}

/**
 * Whether signs around this text would be emphasis (CommonMark, section 6.2). They are not between a letter and a full
 * stop, for example.
 */
function isFlanked(before: string, text: string, behind: string): boolean {
  // Adjacent signs count as one run.
  const isOpening = !/^\*?[\p{P}\p{S}]/u.test(text) || /(?:^|\\\*|[[\s\p{P}\p{S}]--[*]])\**$/v.test(before);
  const isClosing = !/[\p{P}\p{S}]\*?$/u.test(text) || /^[\s\p{P}\p{S}]/u.test(behind);
  return isOpening && isClosing;
}

function linkOf({ attributes, children }: Branch, base: LinkBase): string | null {
  const href = attributes['href'];
  if (href === undefined) return null;
  const text = inlineText(children, base).replaceAll('\n', ' ');
  if (href.startsWith('#') && ANCHOR_TEXT.test(text)) return '';
  const target = targetOf(href, base);
  if (target === null) return null;
  return text.trim() === '' ? text : wrapped(text.replace(/^\^/, '\\^'), '[', `](${target})`);
}

function imageOf({ attributes }: Branch, base: LinkBase): string {
  const alt = escapeText(plainText(attributes['alt'] ?? '')).trim();
  if (alt === '') return '';
  const src = attributes['src'] ?? '';
  const target = src === '' ? null : targetOf(src, base);
  return target === null ? alt : `![${alt}](${target})`;
}

/** Code that contains links becomes code spans and links with code. */
function codeOf(nodes: readonly Node[], base: LinkBase): string {
  if (!nodes.some(hasLink)) return codePiece(inlineCode(nodes));
  const line: string[] = [];
  let run: Node[] = [];
  for (const node of nodes) {
    if (typeof node === 'string' || !hasLink(node)) run.push(node);
    else {
      append(codePiece(inlineCode(run)), line);
      if (node.name === 'sup' && line.length > 0) append('^', line);
      append(linkedCode(node, base), line);
      run = [];
    }
  }
  append(codePiece(inlineCode(run)), line);
  return line.join('');
}

function linkedCode(node: Branch, base: LinkBase): string {
  if (node.name !== 'a') return codeOf(node.children, base);
  const target = targetOf(node.attributes['href'] ?? '', base);
  const code = codePiece(inlineCode(node.children));
  return target === null || code.trim() === '' ? code : wrapped(code, '[', `](${target})`);
}

/** A code span; white space stays outside of it. */
function codePiece(text: string): string {
  const plain = plainText(text);
  const inner = plain.trim();
  if (inner === '') return plain;
  return `${plain.startsWith(' ') ? ' ' : ''}${codeSpan(inner)}${plain.endsWith(' ') ? ' ' : ''}`;
}

/** Puts signs around a text, inside its white space. */
function wrapped(text: string, before: string, behind: string): string {
  const inner = text.trim();
  if (inner === '') return text;
  return `${/^\s/.test(text) ? ' ' : ''}${before}${inner}${behind}${/\s$/.test(text) ? ' ' : ''}`;
}

function targetOf(href: string, base: LinkBase): string | null {
  const url = base(href);
  return url === null ? null : linkTarget(url);
}

function hasLink(node: Node): boolean {
  if (typeof node === 'string') return false;
  return (node.name === 'a' && node.attributes['href'] !== undefined) || node.children.some(hasLink);
}
