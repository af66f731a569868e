// Looks on a page for what shows that its user is logged in.

import { type AttributeTest, collapsed, type LoginMark, type Selector } from '../../base/login-mark.ts';
import { decoded, encodingOf } from '../charset.ts';
import type { Attributes } from './attributes.ts';
import { decodeReferences } from './references.ts';
import { readTokens } from './tokens.ts';

/** Whether the page shows the mark. */
export function showsMark(
  bytes: Uint8Array,
  contentType: string,
  mark: Exclude<LoginMark, { readonly kind: 'url' }>,
): boolean {
  const page = decoded(bytes, encodingOf(bytes, contentType, false));
  return mark.kind === 'text' ? hasText(page, mark.text) : hasElement(page, mark.selectors);
}

const NOTHING: readonly string[] = [];

function hasText(page: string, text: string): boolean {
  let all = '';
  readTokens(page, false, {
    wanted: () => NOTHING,
    onOpen: () => {},
    onText: (piece) => {
      all += piece;
    },
    onClose: () => {},
  });
  return collapsed(all).includes(text);
}

function hasElement(page: string, selectors: readonly Selector[]): boolean {
  const names = [...new Set(selectors.flatMap(({ conditions }) => conditions.map(({ name }) => name)))];
  let isThere = false;
  readTokens(page, false, {
    wanted: () => names,
    onOpen({ name }, attributes) {
      isThere ||= selectors.some(
        (selector) =>
          (selector.element === null || selector.element === name) &&
          selector.conditions.every((condition) => holds(condition, attributes)),
      );
    },
    onText: () => {},
    onClose: () => {},
  });
  return isThere;
}

function holds({ name, operator, value, ignoresCase }: AttributeTest, attributes: Attributes): boolean {
  const raw = attributes.value(name);
  if (raw === null) return false;
  const text = decodeReferences(raw, true);
  return ignoresCase ? matches(operator, text.toLowerCase(), value.toLowerCase()) : matches(operator, text, value);
}

function matches(operator: AttributeTest['operator'], text: string, value: string): boolean {
  switch (operator) {
    case '':
      return true;
    case '=':
      return text === value;
    case '~=':
      return text.split(/\s+/).includes(value);
    case '|=':
      return text === value || text.startsWith(`${value}-`);
    case '^=':
      return value !== '' && text.startsWith(value);
    case '$=':
      return value !== '' && text.endsWith(value);
    case '*=':
      return value !== '' && text.includes(value);
  }
}
