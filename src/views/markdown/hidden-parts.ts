// Decides which parts of a page are hidden, and which of them are content all the same.

import type { Branch, Node } from '../../parse/html/page-tree.ts';

const GONE = /display\s*:\s*none/i;
const UNSEEN = /visibility\s*:\s*hidden/i;
/** Formulas that a script has rendered. */
const DRAWN = /(?:^|\s)(?:katex-html|mjx-math|MathJax)(?=$|\s)/;

const MATH = /^math$/;
const WHOLE = /^(?:h1|main|article)$/;
const FORMULA_PARTS_MAX = 4;

export function isHidden(branch: Branch, parent: Branch): boolean {
  const { hidden, style, 'aria-hidden': silent, class: names } = branch.attributes;
  if (hidden === undefined && style === undefined && silent === undefined) return false;
  // A tab panel is shown after a click on its tab, so it is content.
  if (roleOf(branch) === 'tabpanel') return false;
  if (hidden !== undefined && hidden !== 'until-found') return true;
  // A formula may be there twice: for sighted readers and for screen readers. MathML is the one that has text.
  const beside = parent.children.slice(0, FORMULA_PARTS_MAX).filter((node) => node !== branch);
  if (style !== undefined && GONE.test(style)) return !(beside.some(isSilent) && holds(branch, MATH));
  // Some pages hide themselves with it until a script is done.
  if (style !== undefined && UNSEEN.test(style)) return !holds(branch, WHOLE);
  if (silent !== 'true' || branch.name === 'pre' || branch.name === 'code') return false;
  return names === undefined || !DRAWN.test(names) || beside.some((node) => holds(node, MATH));
}

function isSilent(node: Node): boolean {
  return typeof node !== 'string' && node.attributes['aria-hidden'] === 'true';
}

function holds(node: Node, names: RegExp): boolean {
  return typeof node !== 'string' && (names.test(node.name) || node.children.some((child) => holds(child, names)));
}

/** The first of its roles; null if it has none. */
export function roleOf({ attributes }: Branch): string | null {
  const role = attributes['role'];
  return role === undefined ? null : role.trim().toLowerCase().split(/\s/, 1)[0]!;
}
