import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFragment } from 'parse5';
import { namedReferences } from './named-references.ts';
import { decodeReferences } from './references.ts';

function standard(text: string, isAttribute: boolean): string {
  const [node] = parseFragment(isAttribute ? `<a href="${text}">` : `<title>${text}</title>`).childNodes;
  assert.ok(node !== undefined && 'attrs' in node);
  if (isAttribute) return node.attrs[0]!.value;
  const [child] = node.childNodes;
  return child !== undefined && 'value' in child ? child.value : '';
}

test('namedReferences: all 2,125 names of the standard, 106 of them also without semicolon', () => {
  assert.equal(namedReferences().size, 2125);
  assert.equal([...namedReferences().values()].filter(({ isLegacy }) => isLegacy).length, 106);
});

test('decodeReferences: every name, with and without semicolon, before every kind of character', () => {
  for (const name of namedReferences().keys()) {
    for (const tail of ['', ';', '=', ';=', 'x', 'x;', '1', ' ', '.', '&', '&amp;']) {
      for (const isAttribute of [true, false]) {
        const text = `&${name}${tail}`;
        assert.equal(decodeReferences(text, isAttribute), standard(text, isAttribute), `${text} ${isAttribute}`);
      }
    }
  }
});

test('decodeReferences: numbers', () => {
  const numbers = [
    '0',
    '9',
    '13',
    '38',
    '127',
    '128',
    '129',
    '130',
    '142',
    '158',
    '159',
    '160',
    '228',
    '55296',
    '57343',
  ];
  for (const number of [...numbers, '65533', '65534', '128512', '1114111', '1114112', '99999999999999999999999']) {
    for (const digits of [
      number,
      `0${number}`,
      `x${BigInt(number).toString(16)}`,
      `X${BigInt(number).toString(16).toUpperCase()}`,
    ]) {
      for (const tail of ['', ';', 'g', '=', ' ', ';;']) {
        const text = `&#${digits}${tail}`;
        assert.equal(decodeReferences(text, true), standard(text, true), text);
      }
    }
  }
});

test('decodeReferences: what is none', () => {
  for (const text of [
    '&',
    '&&',
    '&;',
    '&#',
    '&#;',
    '&#x',
    '&#x;',
    '&#xg',
    '& amp;',
    '&é;',
    '&nosuch;',
    '&Amp;',
    '&a',
    'a&b=c&d',
  ]) {
    assert.equal(decodeReferences(text, true), text);
    assert.equal(decodeReferences(text, false), standard(text, false), text);
  }
});
