import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fingerprint, likenessOf, unlikeness, wordHash } from '../base/fingerprint.ts';
import { FINGERPRINT_BYTES_MAX } from '../base/limits.ts';
import { fingerprintOf } from './fingerprint.ts';

function of(text: string): Fingerprint {
  return fingerprintOf(Buffer.from(text));
}

function wordsOf(text: string): number[] {
  return [...of(text).words];
}

test('fingerprintOf: words are those between tags, whatever their case; numbers are whole', () => {
  assert.deepEqual(
    wordsOf('<P title="x > y">One <b>TWO</b> one 12.50 3,000.</P>'),
    ['one', 'two', '12.50', '3,000'].map(wordHash),
  );
});

test('fingerprintOf: scripts, styles, comments, declarations and attributes have no words', () => {
  const page = "<!doctype html><!-- a > b --><?xml c?><script>d</script ><style>e</style><a href=f title='g>'>h</a>";
  assert.deepEqual(wordsOf(page), [wordHash('h')]);
});

test('fingerprintOf: pages that differ in addresses only are equal, in a word or a tag they are not', () => {
  const page = (link: string, word: string, tag = 'p'): number =>
    of(`<${tag}>Some ${word} <a href="${link}">here</a>`).whole;
  assert.equal(page('/a?sid=1', 'words'), page('/b?sid=22', 'words'));
  assert.notEqual(page('/a', 'words'), page('/a', 'names'));
  assert.notEqual(page('/a', 'words'), page('/a', 'words', 'div'));
});

test('fingerprintOf: the first time of day and the first number with many decimals are none of the page', () => {
  assert.deepEqual(wordsOf('<p>At 12:33:01 in 0.0341 s, for 12.50'), ['at', 'in', 's', 'for', '12.50'].map(wordHash));
  assert.deepEqual(wordsOf('<p>High at 6:12 and 18:40, 6:12'), ['high', 'at', 'and', '18:40'].map(wordHash));
  assert.equal(of('<p>High at 6:12 and 18:40').whole, of('<p>High at 7:02 and 19:31').whole);
});

test('fingerprintOf: the order of words counts for equality, and not for likeness', () => {
  const [one, other] = [of('<p>red green blue</p>'), of('<p>blue green red</p>')];
  assert.notEqual(one.whole, other.whole);
  assert.equal(unlikeness(likenessOf(one), likenessOf(other)), 0);
});

test('unlikeness: a word of many changes few bits, another page many', () => {
  const text = (from: number): string => Array.from({ length: 60 }, (_, at) => `<p>word${from + at}</p>`).join('');
  const one = likenessOf(of(`${text(0)} first`));
  assert.ok(unlikeness(one, likenessOf(of(`${text(0)} second`))) <= 6);
  assert.ok(unlikeness(one, likenessOf(of(text(1_000)))) >= 14);
});

for (const open of ['<', '<a ', '<!--', '<a b="', '<script>', '</', '<!', '<?', 'x<']) {
  test(`fingerprintOf: ${JSON.stringify(open)} without end is read once`, () => {
    assert.equal(of(open).isCut, false);
    assert.equal(of(open.repeat(20_000)).isCut, open.length * 20_000 > FINGERPRINT_BYTES_MAX);
  });
}

test('fingerprintOf: of a long page the beginning is read, and that is told', () => {
  const page = of(`<p>a</p>${' '.repeat(FINGERPRINT_BYTES_MAX)}b`);
  assert.deepEqual([[...page.words], page.isCut], [[wordHash('a')], true]);
});

test('fingerprintOf: what a page shows is an address without its query, and no part of its words', () => {
  const of = (html: string): Fingerprint => fingerprintOf(Buffer.from(html));
  const one = of('<p>Photo<img src="/a.jpg?x=1">');
  const shown = one.shown;
  assert.equal(shown.length, 1);
  for (const same of ['<p>Photo<IMG SRC=/a.jpg>', "<p>Photo<img alt=x data-src='/a.jpg#y'>"]) {
    assert.deepEqual(of(same).shown, shown, same);
    assert.deepEqual(of(same).words, one.words, same);
  }
  assert.notDeepEqual(of('<p>Photo<img src="/b.jpg">').shown, shown);
  const byScript = (query: string): number[] => [...of(`<img src="/img.php${query}">`).shown];
  for (const other of ['?id=1', '?id=2', '?g2_itemId=31&amp;size=large'])
    assert.notDeepEqual(byScript(other), byScript(''));
  for (const same of ['?_=1790000000000', '?r=0.53', '?sid=9f3b62c1', `?${'a'.repeat(200)}`])
    assert.deepEqual(byScript(same), byScript(''), same);
  const background = of('<p style="background:url(/c.jpg?1)">Photo').shown;
  assert.equal(background.length, 1);
  assert.deepEqual(of('<p style="background:url(/c.jpg?2)">Photo').shown, background);
  assert.notDeepEqual(of('<p style="background:url(/d.jpg)">Photo').shown, background);
  assert.equal(of('<a href="https://cdn.example/1.jpg">full size</a>').shown.length, 1);
  for (const none of [
    '<a href=1.jpg.html>',
    '<a href=jpg>',
    '<p>src="/a.jpg"',
    '<a src=/a.jpg>',
    '<img source=/a.jpg>',
    '<img src',
  ])
    assert.equal(of(none).shown.length, 0, none);
});

test('fingerprintOf: a page says what is outside of links, asides and navigation', () => {
  const saidBy = (html: string): number[] => [...of(html).said];
  assert.deepEqual(
    saidBy('<nav>a <a href=/>b</a> c</nav><p>d <a href=/>e</a> f<aside>g</aside><footer>h</footer>i'),
    ['d', 'f', 'i'].map(wordHash),
  );
  assert.deepEqual(saidBy('<a name=top>a<p>b'), ['a', 'b'].map(wordHash));
  assert.deepEqual(saidBy('<a href=/>a</a> a'), [wordHash('a')]);
});

test('fingerprintOf: an address as the text of its link is no text', () => {
  const page = (href: string, text = href): Fingerprint => of(`<p>See <a href="${href}">${text}</a>`);
  assert.equal(page('/s/1/a?b&amp;c').whole, page('/s/2/a').whole);
  assert.deepEqual([...page('/s/1').words], [wordHash('see')]);
  assert.notEqual(page('/s/1', '/s/1 too').whole, page('/s/2', '/s/2 too').whole);
});
