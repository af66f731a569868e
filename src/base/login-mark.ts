// How one sees on a page that its user is logged in: by a text, by an element, or by the answer of a URL.

import { createTextReader } from './text-reader.ts';

export type LoginMark =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'css'; readonly selectors: readonly Selector[] }
  | { readonly kind: 'url'; readonly url: string };

/** What one element must be; all of the conditions hold. */
export interface Selector {
  /** In lower case; null for every element. */
  readonly element: string | null;
  readonly conditions: readonly AttributeTest[];
}

export interface AttributeTest {
  /** The attribute, in lower case. */
  readonly name: string;
  /** Empty if the attribute need only be there. */
  readonly operator: '' | '=' | '~=' | '|=' | '^=' | '$=' | '*=';
  readonly value: string;
  readonly ignoresCase: boolean;
}

/** Null if the text is none: a selector that is not of one element, or a URL that is no URL. */
export function loginMarkOf(written: string): LoginMark | null {
  const [, prefix = '', rest = ''] = /^(text:|css:|url:|(?=https?:\/\/)|)(.*)$/is.exec(written)!;
  const kind = prefix.toLowerCase() || (/^https?:\/\//i.test(rest) ? 'url:' : 'text:');
  if (kind === 'url:') {
    const url = /^https?:\/\//i.test(rest) ? URL.parse(rest) : null;
    if (url === null || url.username !== '' || url.password !== '') return null;
    url.hash = '';
    return { kind: 'url', url: url.href };
  }
  if (kind === 'text:') {
    const text = collapsed(rest).trim();
    return text === '' ? null : { kind: 'text', text };
  }
  const selectors = selectorsOf(rest);
  return selectors === null ? null : { kind: 'css', selectors };
}

/** White space of any kind and length is one space. */
export function collapsed(text: string): string {
  return text.replace(/\s+/g, ' ');
}

const NAME = String.raw`-?[_a-zA-Z\u0080-\uffff][\w\u0080-\uffff-]*`;
const ELEMENT = new RegExp(String.raw`\s*(?:(\*)|(${NAME}))?`, 'y');
const PART = new RegExp(
  String.raw`([.#])(${NAME})|\[\s*(${NAME})\s*(?:([~|^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))\s*(i)?\s*)?\]`,
  'iy',
);
const END = /\s*(,|$)/y;

function selectorsOf(text: string): Selector[] | null {
  const selectors: Selector[] = [];
  const read = createTextReader(text);
  for (;;) {
    const [, every, element] = read(ELEMENT)!;
    const conditions: AttributeTest[] = [];
    for (let part = read(PART); part !== null; part = read(PART)) conditions.push(conditionOf(part));
    const end = read(END);
    if (end === null || (every === undefined && element === undefined && conditions.length === 0)) return null;
    selectors.push({ element: element?.toLowerCase() ?? null, conditions });
    if (end[1] === '') return selectors;
  }
}

function conditionOf([, sign, name, attribute, operator, double, single, bare, i]: RegExpExecArray): AttributeTest {
  if (sign === '#') return { name: 'id', operator: '=', value: name!, ignoresCase: false };
  if (sign === '.') return { name: 'class', operator: '~=', value: name!, ignoresCase: false };
  const value = double ?? single ?? bare ?? '';
  return {
    name: attribute!.toLowerCase(),
    operator: (operator ?? '') as AttributeTest['operator'],
    value,
    ignoresCase: i !== undefined,
  };
}
