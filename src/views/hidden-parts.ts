// What a page says is not to be seen, and what of that is content all the same.

import type { Branch, Node } from '../parse/page-tree.ts';

const HIDING = /display\s*:\s*none|visibility\s*:\s*hidden/i;
/** Formulas that a script has drawn. */
const DRAWN = /(?:^|\s)(?:katex-html|mjx-math|MathJax)(?=$|\s)/;

const FORMULA_PARTS_MAX = 4;

export function isHidden(branch: Branch, parent: Branch): boolean {
  const { hidden, style, 'aria-hidden': silent, class: names } = branch.attributes;
  if (hidden === undefined && style === undefined && silent === undefined) return false;
  // What a click on its tab shows is content.
  if (roleOf(branch) === 'tabpanel') return false;
  if (hidden !== undefined && hidden !== 'until-found') return true;
  // A formula is there twice: for the eyes, and for those that cannot see it. Of the two it is the MathML that is text.
  const beside = parent.children.slice(0, FORMULA_PARTS_MAX).filter((node) => node !== branch);
  if (style !== undefined && HIDING.test(style)) return !(beside.some(isSilent) && hasMath(branch));
  if (silent !== 'true' || branch.name === 'pre' || branch.name === 'code') return false;
  return names === undefined || !DRAWN.test(names) || beside.some(hasMath);
}

function isSilent(node: Node): boolean {
  return typeof node !== 'string' && node.attributes['aria-hidden'] === 'true';
}

function hasMath(node: Node): boolean {
  return typeof node !== 'string' && (node.name === 'math' || node.children.some(hasMath));
}

/** The first of its roles; null where it has none. */
export function roleOf({ attributes }: Branch): string | null {
  const role = attributes['role'];
  return role === undefined ? null : role.trim().toLowerCase().split(/\s/, 1)[0]!;
}
