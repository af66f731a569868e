import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DefaultTreeAdapterMap, defaultTreeAdapter, parseFragment } from 'parse5';
import { markdownOf } from '../../../test/helpers/markdown-of.ts';
import { fc } from '../../../test/helpers/properties.ts';

const TABLES: readonly (readonly [what: string, rows: string, lines: readonly string[]])[] = [
  ['a cell of two rows', '<tr><th>a<th>b<tr><td rowspan=2>1<td>2<tr><td>3', ['a|b', '1|2', '|3']],
  ['in the middle', '<tr><th>a<th>b<th>c<tr><td>1<td rowspan=2>2<td>3<tr><td>4<td>5', ['a|b|c', '1|2|3', '4||5']],
  ['at the end', '<tr><th>a<th>b<tr><td>1<td rowspan=2>2<tr><td>3', ['a|b', '1|2', '3|']],
  ['of three rows', '<tr><th>a<th>b<tr><td rowspan=3>1<td>2<tr><td>3<tr><td>4', ['a|b', '1|2', '|3', '|4']],
  ['to the end of all rows', '<tr><th>a<th>b<tr><td rowspan=0>1<td>2<tr><td>3<tr><td>4', ['a|b', '1|2', '|3', '|4']],
  [
    'of two rows and two columns',
    '<tr><th>a<th>b<th>c<tr><td rowspan=2 colspan=2>1<td>2<tr><td>3<tr><td>4<td>5<td>6',
    ['a|b|c', '1||2', '||3', '4|5|6'],
  ],
  [
    'two that overlap',
    '<tr><th>a<th>b<th>c<tr><td>1<td rowspan=2>2<td>3<tr><td colspan=2>4<td>5',
    ['a|b|c', '1|2|3', '4||5'],
  ],
  [
    'a head of two rows',
    '<thead><tr><th rowspan=2>a<th colspan=2>b<tr><th>c<th>d<tbody><tr><td>1<td>2<td>3',
    ['a|b|', '|c|d', '1|2|3'],
  ],
  ['not beyond its group', '<tr><th>a<th>b<tbody><tr><td rowspan=9>1<td>2<tbody><tr><td>3<td>4', ['a|b', '1|2', '3|4']],
  ['a column for the layout', '<tr><th>a<th>b<tr><td colspan=99>1<tr><td>2<td>3', ['a|b', '1|', '2|3']],
  ['odd values', '<tr><th>a<th>b<tr><td rowspan="2x" colspan="-1">1<td>2<tr><td>3', ['a|b', '1|2', '|3']],
  ['a foot before the body', '<thead><tr><th>a<th>b<tfoot><tr><td>5<td>6<tbody><tr><td>1<td>2', ['a|b', '1|2', '5|6']],
  [
    'a foot between bodies',
    '<tr><th>a<th>b<tfoot><tr><td>5<td>6<tbody><tr><td>1<td>2<tr><td>3<td>4',
    ['a|b', '1|2', '3|4', '5|6'],
  ],
  ['a second foot', '<tr><th>a<th>b<tfoot><tr><td>5<td>6<tfoot><tr><td>1<td>2', ['a|b', '1|2', '5|6']],
  ['an empty row', '<tr><th>a<th>b<tr><td rowspan=2>1<td>2<tr><tr><td>3<td>4', ['a|b', '1|2', '3|4']],
];

test('tableOf: every cell stands in its column', () => {
  for (const [what, rows, lines] of TABLES) {
    const [head, ...body] = lines.map(
      (line) =>
        `|${line
          .split('|')
          .map((cell) => ` ${cell} `)
          .join('|')}|`,
    );
    const rule = `|${' --- |'.repeat(lines[0]!.split('|').length)}`;
    assert.equal(markdownOf(`<main><table>${rows}</table></main>`), `${[head, rule, ...body].join('\n')}\n`, what);
  }
});

const CELLS: readonly (readonly [what: string, cell: string, text: string])[] = [
  ['a bar', 'a|b <code>c|d</code>', 'a\\|b `c\\|d`'],
  ['code', '<pre>a</pre>', '`a`'],
  ['paragraphs', '<p>a<p>b', 'a b'],
  ['a list', '<ul><li>a<li>b</ul>', 'a b'],
  ['lines', 'a<br>b', 'a b'],
  ['a power', '10<sup>6</sup>', '10^6'],
  ['nothing', '', ''],
];

test('tableOf: whatever is in a cell is in one line', () => {
  for (const [what, cell, text] of CELLS) {
    const markdown = markdownOf(`<main><table><tr><th>x<th>y<tr><td>z<td>${cell}</table></main>`);
    assert.equal(markdown, `| x | y |\n| --- | --- |\n| z | ${text} |\n`, what);
  }
});

test('tableOf: a table around tables and around code is read one cell after the other', () => {
  const inner = '<table><tr><th>a<th>b<tr><td rowspan=2>1<td>2<tr><td>3</table>';
  const table = '| a | b |\n| --- | --- |\n| 1 | 2 |\n|  | 3 |';
  assert.equal(markdownOf(`<main><table><tr><td>x<td>${inner}</table></main>`), `x\n\n${table}\n`);
  const code = '<table><caption>c</caption><tr><td>x<td><pre>a\nb</pre></table>';
  assert.equal(markdownOf(`<main>${code}</main>`), 'c\n\nx\n\n```\na\nb\n```\n');
});

/** The position of each cell by the algorithm of the standard (section 4.9.12), written literally. */
function slotsOf(html: string): string[][] {
  const rows = elements(parseFragment(html)).filter(({ tagName }) => tagName === 'tr');
  const slots: (string | undefined)[][] = rows.map(() => []);
  for (const [y, row] of rows.entries()) {
    let x = 0;
    for (const cell of elements(row).filter(({ tagName }) => tagName === 'td')) {
      while (slots[y]![x] !== undefined) x += 1;
      const span = (name: string): number => Number(cell.attrs.find((each) => each.name === name)!.value);
      const text = elements(cell).length === 0 ? (cell.childNodes[0] as DefaultTreeAdapterMap['textNode']).value : '';
      for (let down = 0; down < span('rowspan') && y + down < rows.length; down += 1) {
        for (let right = 0; right < span('colspan'); right += 1)
          slots[y + down]![x + right] ??= down + right === 0 ? text : '';
      }
      x += span('colspan');
    }
  }
  return slots.map((row) => Array.from(row, (text) => text ?? ''));
}

function elements(node: DefaultTreeAdapterMap['node']): DefaultTreeAdapterMap['element'][] {
  if (!('childNodes' in node)) return [];
  return node.childNodes.flatMap((child) => [
    ...(defaultTreeAdapter.isElementNode(child) ? [child] : []),
    ...elements(child),
  ]);
}

test('tableOf: any mix of spans puts cells where the standard does', () => {
  const cell = fc.record({ rowspan: fc.integer({ min: 1, max: 3 }), colspan: fc.integer({ min: 1, max: 3 }) });
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }), (rows) => {
      const cells = rows.map((row, y) =>
        row.map(({ rowspan, colspan }, x) => `<td rowspan=${rowspan} colspan=${colspan}>c${y}x${x}</td>`).join(''),
      );
      const html = `<table><tr><td rowspan=1 colspan=1>c<td rowspan=1 colspan=1>d</tr>${cells.map((row) => `<tr>${row}</tr>`).join('')}</table>`;
      const lines = markdownOf(`<main>${html}</main>`).split('\n').slice(2, -1);
      const had = lines.map((line) =>
        line
          .slice(2, -2)
          .split(' | ')
          .join('|')
          .replace(/[| ]+$/, ''),
      );
      const wanted = slotsOf(html).map((row) => row.join('|').replace(/\|+$/, ''));
      assert.deepEqual(had, wanted, html);
    }),
    { numRuns: 500 },
  );
});
