// The scanner against parse5 on the pages of a real documentation: the same links in the same numbers. Pages that are made to be
// awkward are in test/fuzz.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs';
import { test } from 'node:test';
import { type DefaultTreeAdapterMap, defaultTreeAdapter, html as names, parse } from 'parse5';
import { createScanner } from './html.ts';

const SEED = Number(process.env['GOSSAMER_SEED'] ?? 20_263);
const DOCUMENTATION = '/usr/share/doc/openjdk-17-doc/api';
const FILES_MAX = 1_000;
const FILE_LENGTH_MAX = 1_000_000;

const LINKS: Record<string, string> = { a: 'href', area: 'href', iframe: 'src', link: 'href', base: 'href' };
const scan = createScanner(Object.fromEntries(Object.entries(LINKS).map(([element, name]) => [element, [name]])));

type Node = DefaultTreeAdapterMap['node'];

function linksOfTree(text: string): string[] {
  const found: string[] = [];
  const seen = new Set<number>();
  const open: Node[] = [parse(text, { scriptingEnabled: false, sourceCodeLocationInfo: true })];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ('content' in node) open.push(node.content);
    if ('childNodes' in node) open.push(...node.childNodes);
    if (!('attrs' in node) || !Object.hasOwn(LINKS, node.tagName)) continue;
    if (node.tagName !== 'a' && node.namespaceURI !== names.NS.HTML) continue;
    // A formatting element that is closed in the wrong order is made again, from the same tag.
    const at = defaultTreeAdapter.getNodeSourceCodeLocation(node)?.startOffset;
    if (at === undefined || seen.has(at)) continue;
    seen.add(at);
    const value = node.attrs.find(({ name, prefix }) => name === LINKS[node.tagName] && !prefix)?.value;
    if (value !== undefined) found.push(`${node.tagName} ${value}`);
  }
  return found.sort();
}

function linksOfScan(text: string): string[] {
  const found: string[] = [];
  scan(
    { text, decode: (piece) => piece, isXml: false },
    {
      onTag(element, attributes, isForeign) {
        const value = attributes.value(LINKS[element]!);
        if (value !== null && (element === 'a' || !isForeign)) found.push(`${element} ${value}`);
      },
      onTitle() {},
    },
  );
  return found.sort();
}

test(`scanner: finds the links that parse5 finds in a real documentation, seed ${SEED}`, (context) => {
  if (!existsSync(DOCUMENTATION)) return context.skip(`${DOCUMENTATION} is not installed`);
  const files = sampled(globSync(`${realpathSync(DOCUMENTATION)}/**/*.html`).sort());
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    if (text.length <= FILE_LENGTH_MAX) assert.deepEqual(linksOfScan(text), linksOfTree(text), file);
  }
  context.diagnostic(`${files.length} files`);
});

/** Some of the files, the same ones for the same seed. */
function sampled(files: readonly string[]): string[] {
  let state = SEED >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return files.filter(() => next() < FILES_MAX / files.length);
}
