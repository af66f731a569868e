import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parser } from 'htmlparser2';
import { runSeed, seededRandom } from '../../../test/helpers/random.ts';
import { XML_DEPTH_MAX } from '../../base/limits.ts';
import { knownText, NO_ENTITIES } from '../entities.ts';
import { createXmlReader } from './xml.ts';

/** What is read, as one text; adjacent pieces of text are one. */
function eventsOf(pieces: readonly string[]): string {
  const events: string[] = [];
  let written = '';
  let entities = NO_ENTITIES;
  const flush = (): void => {
    if (written !== '') events.push(JSON.stringify(knownText(written, entities) ?? written));
    written = '';
  };
  const reader = createXmlReader({
    onEntities(declared) {
      entities = declared;
    },
    onOpen(name, attributes, parent) {
      flush();
      events.push(`<${parent}/${name}${[...attributes].map(([key, value]) => ` ${key}=${value}`).join('')}>`);
    },
    onText(text) {
      written += text;
    },
    onClose(name) {
      flush();
      events.push(`</${name}>`);
    },
  });
  for (const piece of pieces) reader.write(piece);
  reader.end();
  flush();
  return events.join('');
}

/** The same by htmlparser2, without prefixes. */
function eventsOfHtmlparser2(text: string): string {
  const events: string[] = [];
  const open: string[] = [];
  let written = '';
  const local = (name: string): string => name.slice(name.indexOf(':') + 1);
  const flush = (): void => {
    if (written !== '') events.push(JSON.stringify(written));
    written = '';
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        flush();
        const list = Object.entries(attributes).map(([key, value]) => ` ${local(key)}=${value}`);
        events.push(`<${open.at(-1) ?? ''}/${local(name)}${list.join('')}>`);
        open.push(local(name));
      },
      ontext(data) {
        written += data;
      },
      onclosetag(name) {
        flush();
        open.pop();
        events.push(`</${local(name)}>`);
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
  flush();
  return events.join('');
}

test('createXmlReader: tags, attributes, text, CDATA, comments, instructions', () => {
  const text = `<?xml version="1.0"?><!DOCTYPE a><a:b x="1&amp;2" n:y='>'><!-- <c> --><c/>t&lt;<![CDATA[<d>&amp;]]></a:b>`;
  assert.equal(eventsOf([text]), '</b x=1&2 y=>><b/c></c>"t<<d>&amp;"</b>');
});

test('createXmlReader: the same events however the document is cut, and as htmlparser2 has them', () => {
  const seed = runSeed('xml');
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const parts = [
    'text',
    ' &amp; ',
    '&#228;',
    '&x',
    '<![CDATA[a]] &lt;]]>',
    '<!-- - <b> -->',
    '<?p i ?>',
    '<e/>',
    '<e a="1>"/>',
  ];
  const element = (depth: number): string => {
    const name = pick(['a', 'b', 'n:c']);
    const inner = Array.from({ length: Math.floor(random() * 5) }, () =>
      random() < 0.4 && depth < 5 ? element(depth + 1) : pick(parts),
    );
    return `<${name} k="${pick(['', 'v', "'", '&lt;'])}" l='"'>${inner.join('')}</${name}>`;
  };
  for (let round = 0; round < 300; round += 1) {
    const text = `<?xml version="1.0"?>\n${element(0)}`;
    const pieces: string[] = [];
    for (let at = 0; at < text.length; ) {
      const length = 1 + Math.floor(random() * 12);
      pieces.push(text.slice(at, at + length));
      at += length;
    }
    const whole = eventsOf([text]);
    assert.equal(eventsOf(pieces), whole, text);
    assert.equal(whole, eventsOfHtmlparser2(text), text);
  }
});

test('createXmlReader: entities that a document defines do not grow, and their text is not read', () => {
  const lol = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('\n');
  const text = `<!DOCTYPE x [\n<!ENTITY l0 "<evil/>">${lol}<!ENTITY f SYSTEM "file:///etc/passwd"> ]><x>&l9;&f;</x>`;
  for (const pieces of [[text], text.split('')]) assert.equal(eventsOf(pieces), '</x>"&l9;&f;"</x>');
});

test('createXmlReader: elements too deep to be kept are passed over', () => {
  const depth = XML_DEPTH_MAX + 50;
  const events = eventsOf(['<a>'.repeat(depth), '<b/></a>'.repeat(depth), '<z/>']);
  assert.equal(events.split('/a>').length - 1, 2 * XML_DEPTH_MAX);
  assert.ok(events.endsWith('</z></z>'));
});

test('createXmlReader: end tags that close nothing or several, and a document that breaks off', () => {
  assert.equal(eventsOf(['<a></b><c><d></a>', '<e k="']), '</a><a/c><c/d></d></c></a>');
  assert.equal(eventsOf(['<a>1 < 2 & 3']), '</a>"1 < 2 & 3"</a>');
});

test('createXmlReader: what would be slow in a careless reader is not', () => {
  const started = performance.now();
  for (const hostile of [
    '<',
    '<a ',
    '<!--',
    '<![CDATA[',
    '<!DOCTYPE [',
    '<a "',
    "<a b='",
    '</a',
    '<a b=',
    ']]>',
    '&#',
  ]) {
    const piece = hostile.repeat(65_536 / hostile.length);
    const reader = createXmlReader({ onOpen: () => {}, onText: () => {}, onClose: () => {} });
    for (let pieces = 0; pieces < 16; pieces += 1) reader.write(piece);
    reader.end();
  }
  assert.ok(performance.now() - started < 5_000);
});
