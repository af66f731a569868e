// A formula as one line of text. A page may contain a formula three times: as MathML, as TeX inside of the MathML, and
// as a script's rendering.

import type { Branch, Node } from '../../parse/html/page-tree.ts';
import { codeSpan, plainText } from './text.ts';

/** Text between the parts of an element. */
const BETWEEN: Readonly<Record<string, readonly string[]>> = {
  msup: ['', '^'],
  mover: ['', '^'],
  msub: ['', '_'],
  munder: ['', '_'],
  msubsup: ['', '_', '^'],
  munderover: ['', '_', '^'],
  mfrac: ['', '/'],
  mroot: ['root', ','],
};

/** Invisible signs for application and multiplication. */
const INVISIBLE = /[\u2061-\u2064]/g;
const SINGLE = /^(?:[\p{L}\p{N}.]*|.)$/u;

/** The TeX of the formula if the page has it, otherwise its text. */
export function mathOf(math: Branch): string {
  const tex = math.attributes['alttext'] ?? annotationOf(math.children) ?? textOf(math);
  return codeSpan(plainText(tex).trim());
}

function annotationOf(nodes: readonly Node[]): string | null {
  for (const node of nodes) {
    if (typeof node === 'string') continue;
    const isTex = node.name === 'annotation' && /tex/i.test(node.attributes['encoding'] ?? '');
    const found = isTex
      ? node.children.filter((child) => typeof child === 'string').join('')
      : annotationOf(node.children);
    if (found !== null) return found;
  }
  return null;
}

function textOf(node: Node): string {
  if (typeof node === 'string') return node.replace(INVISIBLE, '').trim();
  const { name, children } = node;
  if (name.startsWith('annotation')) return '';
  if (name === 'msqrt') return `sqrt(${children.map(textOf).join('')})`;
  if (name === 'mtr')
    return `${children
      .map(textOf)
      .filter((cell) => cell !== '')
      .join(', ')}; `;
  const between = Object.hasOwn(BETWEEN, name) ? BETWEEN[name]! : null;
  if (between === null) return children.map(textOf).join('');
  const parts = children.filter((child) => typeof child !== 'string').map(textOf);
  return parts.map((part, at) => `${between[at] ?? ''}${SINGLE.test(part) ? part : `(${part})`}`).join('');
}
