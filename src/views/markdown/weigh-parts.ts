// Removes from a page what is not content and weighs the rest. What the page says itself counts first (elements, roles,
// hidden). A name makes a part doubtful, and then its form decides: links, a few words, buttons. In doubt a part stays,
// because an extra line costs less than a lost paragraph.

import { byElement, elements } from '../../parse/html/element-names.ts';
import { BLOCKS, type Branch, NO_ATTRIBUTES, type Node } from '../../parse/html/page-tree.ts';
import { isLineNumber } from './code-lines.ts';
import { isHidden, roleOf } from './hidden-parts.ts';
import { createNames, type Doubt } from './part-names.ts';

export interface Weight {
  /** The number of characters; adjacent spaces count as one. */
  text: number;
  /** How many of them are in links. */
  linked: number;
  /** How many of them are in buttons. */
  pressed: number;
  /** What the part contains, as bits. A big page has very many parts. */
  has: number;
}

export const TITLE = 1;
export const HEADING = 2;
/** A paragraph, a long item or something similar that is not only links. */
export const PROSE = 4;
export const ITEMS = 8;
/** Code or a table. */
export const CODE = 16;
const CONTROL = 32;

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Elements to type into or press. They are not content, but they tell what the part around them is for. */
const CONTROLS = elements('button input select textarea datalist progress meter');
/** Elements that are never content. `noscript` repeats what a script shows. */
const DROPPED = elements(
  'button input select textarea datalist progress meter head script style title noscript template iframe frame object embed applet svg canvas audio video map nav dialog link meta noembed noframes',
);
const DROPPED_ROLES = words(
  'navigation banner contentinfo search dialog alertdialog menu menubar toolbar tablist tooltip',
);
/** Elements that are content if they hold text, and navigation if they hold links. */
const DOUBTED = elements('aside footer header menu form');
/** Only these elements are judged by their names. Headings, cells, terms and words in code may have any name. */
const NAMED = elements('div section aside header footer form ul ol menu center');
/** Titles that a reader may press. */
const PRESSED = elements('h1 h2 h3 h4 h5 h6 summary dt');
/** Elements that may hold line numbers outside of the code. */
const BESIDE_CODE = elements('pre td div');
const LISTS = elements('ul ol menu');
const WEIGHED = elements('body center div section article main form table tbody tr td');
/** What each element adds to the bits of the parts around it. */
const givenBy = byElement({ h1: TITLE | HEADING, 'h2 h3 h4 h5 h6': HEADING, li: ITEMS, 'code table pre': CODE });
const MAY_BE_PROSE = elements('p dd pre blockquote figcaption li');

export const SHORT_LENGTH = 200;
/** A part that asks the reader for something is not longer than this. */
const ASKING_LENGTH_MAX = 1_000;
const LONG_ITEM_LENGTH = 60;
const LINKED_SHARE = 0.4;

/** The position of an element. */
interface Place {
  /** Inside of a main part or an article. */
  readonly isInside: boolean;
  readonly isCode: boolean;
  /** Inside of a title. */
  readonly isPressed: boolean;
}

const NOWHERE: Place = { isInside: false, isCode: false, isPressed: false };

/** The weights of a page's parts. */
export interface Scales {
  /** The weights of the page and of the remaining containers with text. */
  readonly parts: ReadonlyMap<Branch, Weight>;
  /** The weight of any remaining element. */
  weightOf(branch: Branch): Weight;
}

/** Removes from the tree what is not content. */
export function weighParts(body: Branch): Scales {
  const parts = new Map<Branch, Weight>();
  const namesOf = createNames();
  /** Null if the child is removed. */
  const weighChild = (
    child: Branch,
    branch: Branch,
    next: Node | undefined,
    weight: Weight,
    place: Place,
  ): Weight | null => {
    const isPlain = child.attributes === NO_ATTRIBUTES;
    if (DROPPED.has(child)) {
      if (CONTROLS.has(child)) weight.has |= CONTROL;
      // A whole title may be a button, and a task item has a checkbox.
      const isKept = child.name === 'button' ? place.isPressed : child.attributes['type'] === 'checkbox';
      if (!isKept) return null;
    }
    if (!isPlain && isNever(child, branch, next, place)) return null;
    const own = weigh(child, placeIn(child, place));
    const isJudged = !isPlain && !place.isCode && NAMED.has(child) && !isMain(child);
    const doubt = isJudged ? namesOf(child.attributes) : null;
    return isAround(child, branch, own, doubt, place.isInside) ? null : own;
  };
  const weigh = (branch: Branch, place: Place): Weight => {
    const weight: Weight = { text: 0, linked: 0, pressed: 0, has: 0 };
    const { children } = branch;
    branch.holdsBlock = false;
    let kept = 0;
    for (let at = 0; at < children.length; at += 1) {
      const child = children[at]!;
      if (typeof child === 'string') weight.text += child.trim().length;
      else {
        const next = typeof children[at + 1] === 'string' ? children[at + 2] : children[at + 1];
        const own = weighChild(child, branch, next, weight, place);
        if (own === null) continue;
        if (own.pressed > 0 && PRESSED.has(child)) freeTitle(child, own);
        if (own.text > 0 && (WEIGHED.has(child) || isMain(child))) parts.set(child, own);
        add(weight, child, own);
        branch.holdsBlock ||= (child.holdsBlock && child.name !== 'code') || BLOCKS.has(child);
      }
      children[kept] = child;
      kept += 1;
    }
    if (kept < children.length) children.length = kept;
    return weight;
  };
  parts.set(body, weigh(body, NOWHERE));
  return { parts, weightOf: (branch) => parts.get(branch) ?? weigh(branch, NOWHERE) };
}

/** Whether the attributes of an element rule out content. */
function isNever(branch: Branch, parent: Branch, next: Node | undefined, { isCode }: Place): boolean {
  const { attributes } = branch;
  const { role, class: names } = attributes;
  if (role !== undefined && DROPPED_ROLES.has(roleOf(branch)!)) return true;
  if (names === 'mw-editsection') return true;
  if (names !== undefined && (isCode || BESIDE_CODE.has(branch)) && isLineNumber(branch, next, isCode)) {
    return true;
  }
  return isHidden(branch, parent);
}

/** Whether a weighed part surrounds the content and does not belong to it. */
function isAround(part: Branch, parent: Branch, weight: Weight, doubt: Doubt | null, isInside: boolean): boolean {
  const { name } = part;
  const isDoubted = DOUBTED.has(part) || roleOf(part) === 'complementary';
  if ((!isDoubted && doubt === null) || has(weight, TITLE) || isQuotation(parent)) return false;
  // By the standard, a footer outside of all content is that of the page.
  if (name === 'footer' && !isInside) return true;
  const hasHeading = has(weight, HEADING);
  // The header of an article contains its title.
  if (name === 'header' && doubt === null && (isInside || hasHeading)) return false;
  // The id of a part with a heading is an anchor.
  const isAnchor = !isDoubted && doubt?.isById === true && !doubt.isSure && hasHeading;
  if (isMostlyLinks(weight)) return !(isAnchor && isInside);
  if (doubt !== null && !isAnchor && isAsking(weight)) return true;
  if (weight.text >= SHORT_LENGTH || name === 'form') return false;
  const isProse = has(weight, PROSE) || (has(weight, ITEMS) && weight.linked === 0);
  const isLayout = doubt?.isSure === true && !doubt.isById && !LISTS.has(part);
  if (isInside) return !hasHeading && (!isProse || isLayout) && name !== 'aside';
  return isLayout || (isDoubted && !LISTS.has(part)) || (!hasHeading && !isProse);
}

function isAsking(weight: Weight): boolean {
  return has(weight, CONTROL) && !has(weight, CODE) && weight.text < ASKING_LENGTH_MAX;
}

function isQuotation({ name }: Branch): boolean {
  return name === 'blockquote' || name === 'figure';
}

/** Removes the buttons of a title, unless the whole title is a button. */
function freeTitle(title: Branch, weight: Weight): void {
  const free = (branch: Branch): void => {
    branch.children = branch.children.filter((child) => typeof child === 'string' || child.name !== 'button');
    for (const child of branch.children) if (typeof child !== 'string') free(child);
  };
  if (weight.pressed < weight.text) free(title);
  weight.pressed = 0;
}

function placeIn(branch: Branch, place: Place): Place {
  const isInside = place.isInside || branch.name === 'article' || isMain(branch);
  const isCode = place.isCode || branch.name === 'pre' || branch.name === 'code';
  const isPressed = place.isPressed || PRESSED.has(branch);
  if (isInside === place.isInside && isCode === place.isCode && isPressed === place.isPressed) return place;
  return { isInside, isCode, isPressed };
}

function add(weight: Weight, part: Branch, own: Weight): void {
  const { name, attributes } = part;
  weight.text += own.text;
  weight.linked += name === 'a' && attributes['href'] !== undefined ? own.text : own.linked;
  weight.pressed += name === 'button' ? own.text : own.pressed;
  weight.has |= own.has | (givenBy(part) ?? 0);
  if (MAY_BE_PROSE.has(part) && isProse(name, own)) weight.has |= PROSE;
}

function isProse(name: string, weight: Weight): boolean {
  if (name === 'li' && ownText(weight) < LONG_ITEM_LENGTH) return false;
  return weight.text > 0 && !isMostlyLinks(weight);
}

export function has(weight: Weight, what: number): boolean {
  return (weight.has & what) !== 0;
}

export function isMain(branch: Branch): boolean {
  return branch.name === 'main' || (branch.attributes !== NO_ATTRIBUTES && roleOf(branch) === 'main');
}

/** The amount of text outside of links. */
export function ownText({ text, linked }: Weight): number {
  return text - linked;
}

export function isMostlyLinks({ text, linked }: Weight): boolean {
  return linked > text * LINKED_SHARE;
}
