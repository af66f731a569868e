// Bugs that readers like these have had. Each is planted, and the fuzz of its target must find it.

import type { Bug } from './planted.ts';

export const HTML_BUGS: readonly Bug[] = [
  {
    name: 'a script in a comment has no double escape',
    file: 'parse/html/raw-text.ts',
    right: "if (script.state !== 'double') return mark.index;",
    wrong: 'return mark.index;',
  },
  {
    name: '--!> does not end a comment',
    file: 'parse/html/raw-text.ts',
    right: 'if (code === BANG &&',
    wrong: 'if (false && code === BANG &&',
  },
  {
    name: '<!--> is not a whole comment',
    file: 'parse/html/raw-text.ts',
    right: "text.indexOf('--', open + 2); at >= 0;",
    wrong: "text.indexOf('--', open + 4); at >= 0;",
  },
  {
    name: 'the name of an end tag of raw text knows no upper case',
    file: 'parse/html/raw-text.ts',
    right: '(text.charCodeAt(at + i) | 0x20) !== element',
    wrong: 'text.charCodeAt(at + i) !== element',
  },
  {
    name: 'raw text ends at any end tag that begins like its own',
    file: 'parse/html/raw-text.ts',
    right: 'return code === CLOSE || code === 0x2f || isSpace(code);',
    wrong: 'return true;',
  },
  {
    name: 'the last of several attributes counts',
    file: 'parse/html/attributes.ts',
    right: ' || this.#seenIn[slot] === this.#tag) return;',
    wrong: ') return;',
  },
  {
    name: 'a slash ends an unquoted value',
    file: 'parse/html/tag-places.ts',
    right:
      'if (code === CLOSE || (code < 64 && CLASS[code] === SPACE)) break;\n  }\n  return at;\n}\n\nexport function afterSpaces',
    wrong:
      'if (code === CLOSE || code === SLASH || (code < 64 && CLASS[code] === SPACE)) break;\n  }\n  return at;\n}\n\nexport function afterSpaces',
  },
  {
    name: 'references need their semicolon',
    file: 'parse/html/references.ts',
    right: "(semicolon !== '' || (exact.isLegacy",
    wrong: "(semicolon !== '' || (false && exact.isLegacy",
  },
  {
    name: 'a reference before an equals sign is one',
    file: 'parse/html/references.ts',
    right: '!(isAttribute && isAssigned)',
    wrong: 'true',
  },
  {
    name: 'CDATA is known in HTML too',
    file: 'parse/html/html.ts',
    right: '&& (this.#isXml || this.#foreign.isForeign)',
    wrong: '',
  },
  {
    name: 'NUL is left in values',
    file: 'parse/html/references.ts',
    right: "(odd === '\\0' ? '\\ufffd' : '\\n')",
    wrong: "(odd === '\\0' ? odd : '\\n')",
  },
  {
    name: 'plaintext ends',
    file: 'parse/html/html.ts',
    right: "if (element.content === 'plaintext') return -1;\n",
    wrong: '',
  },
];

export const KEY_BUGS: readonly Bug[] = [
  {
    name: 'what the parser wrote needs no look at its signs',
    file: 'url/key.ts',
    right: '[%@|^`{}\\\\]|\\?$',
    wrong: '[%@]|\\?$',
  },
  { name: 'digits of escapes are not raised', file: 'url/percent.ts', right: 'odd.toUpperCase()', wrong: 'odd' },
  {
    name: 'a lone percent sign is left alone',
    file: 'url/percent.ts',
    right: "if (odd.length === 1) return '%25';",
    wrong: "if (odd.length === 1) return '%';",
  },
  {
    name: 'a number is a name of a host',
    file: 'url/key.ts',
    right: '(isDigit(url.charCodeAt(label)) && !IPV4.test(url.slice(from, at)))',
    wrong: 'false',
  },
  {
    name: 'a session id may stand in a host',
    file: 'url/parameters.ts',
    right: "const slash = url.indexOf('/', url.indexOf('://') + 3);",
    wrong: 'const slash = 0;',
  },
];

export const CSS_BUGS: readonly Bug[] = [
  {
    name: 'an escape takes seven digits',
    file: 'parse/css/escapes.ts',
    right: 'const HEX_DIGITS_MAX = 6;',
    wrong: 'const HEX_DIGITS_MAX = 7;',
  },
  {
    name: 'a carriage return and a line feed are two line ends',
    file: 'parse/css/escapes.ts',
    right: 'text.charCodeAt(at + 1) === LF ? at + 2 : at + 1',
    wrong: 'text.charCodeAt(at + 1) === LF ? at + 1 : at + 1',
  },
  {
    name: 'a string may go over a line end',
    file: 'parse/css/css.ts',
    right: 'if (!isClosed && end < text.length) return;',
    wrong: '',
  },
  {
    name: 'every string in brackets inside image-set is an image',
    file: 'parse/css/css.ts',
    right: 'this.#push(IMAGE_SETS.has(name));\n    return at + 1;',
    wrong: 'this.#push(IMAGE_SETS.has(name) || this.#open.at(-1) === true);\n    return at + 1;',
  },
  {
    name: 'an unquoted URL may hold a quote',
    file: 'parse/css/css.ts',
    right: 'if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE || code === OPEN || code === BACKSLASH) return true;',
    wrong: 'if (code === OPEN || code === BACKSLASH) return true;',
  },
];

export const RESPONSE_BUGS: readonly Bug[] = [
  {
    name: 'the answer to a HEAD has a body',
    file: 'fetch/http1/response-reader.ts',
    right: 'if (this.#isHead || status',
    wrong: 'if (status',
  },
  {
    name: 'a length beside chunks leaves the connection alive',
    file: 'fetch/http1/response-head.ts',
    right: 'head.contentLength = -1;\n    head.isOdd = true;',
    wrong: 'head.contentLength = -1;',
  },
  {
    name: 'blanks before a colon leave the connection alive',
    file: 'fetch/http1/response-head.ts',
    right: 'if (!NAME.test(name) || name.length !== colon - at) head.isOdd = true;',
    wrong: '',
  },
  {
    name: 'a line feed alone ends a chunk and the connection lives on',
    file: 'fetch/http1/chunk-lines.ts',
    right: 'if (!this.#endsInCr) this.isOdd = true;\n    this.bytes',
    wrong: 'this.bytes',
  },
  {
    name: 'a 304 has a body',
    file: 'fetch/http1/response-reader.ts',
    right: 'status === 204 || status === 304 ||',
    wrong: 'status === 204 ||',
  },
  {
    name: 'a blank line is seen only within a piece',
    file: 'fetch/http1/head-reader.ts',
    right: 'this.#lineBytes = lineBytes;\n    this.#endsInCr = endsInCr;',
    wrong: 'this.#lineBytes = lineBytes;\n    this.#endsInCr = false;',
  },
];

export const ROBOTS_BUGS: readonly Bug[] = [
  {
    name: 'the first rule of the file decides',
    file: 'robots/compiled.ts',
    right: '[...lengths.keys()].sort((a, b) => b - a)',
    wrong: 'lengths.keys()',
  },
  {
    name: 'of equally long rules Disallow counts',
    file: 'robots/compiled.ts',
    right: 'for (const rule of allows.values()) rules.push(rule);',
    wrong: 'rules.push(...disallows.values(), ...allows.values());',
  },
  {
    name: 'the pieces between stars may overlap',
    file: 'robots/patterns.ts',
    right: 'line[waiting.from]!.at <= start',
    wrong: 'line[waiting.from]!.at <= end',
  },
  {
    name: 'the end of a path may overlap a piece',
    file: 'robots/patterns.ts',
    right: 'this.#path.length - tail.length >= at &&',
    wrong: '',
  },
  {
    name: 'a word within a longer word is not found',
    file: 'robots/words.ts',
    right: 'return this.wordAt(this.#fields[word * FIELDS + SHORTER]!);',
    wrong: 'return 0;',
  },
  {
    name: 'a group that names us is read beside the one for all',
    file: 'robots/rules.ts',
    right: 'const groups = file.groups.filter(({ agents }) => agents.includes(name));',
    wrong: "const groups = file.groups.filter(({ agents }) => agents.includes(name) || agents.includes('*'));",
  },
  {
    name: 'a sitemap between agents ends their row',
    file: 'robots/rules.ts',
    right: "} else if (field === 'sitemap') {",
    wrong: "} else if (field === 'sitemap') {\n      isNaming = false;",
  },
];

export const SITEMAP_BUGS: readonly Bug[] = [
  {
    name: 'a `>` in quotes ends a tag',
    file: 'parse/lists/xml.ts',
    right: "let quote = '';\n",
    wrong: "let quote = '';\n  if (first > 0) return first + 1;\n",
  },
  {
    name: 'the end of a comment may lie over two pieces and be missed',
    file: 'parse/lists/xml.ts',
    right: 'text.length - end.length + 1',
    wrong: 'text.length',
  },
  {
    name: 'references in CDATA are decoded',
    file: 'parse/lists/xml.ts',
    right: ".replaceAll('&', '&amp;')",
    wrong: '',
  },
  {
    name: 'a base goes on behind its element',
    file: 'parse/lists/listed.ts',
    right: 'if (stack.at(-1)?.depth === depth) join = stack.pop()!.join;',
    wrong: '',
  },
  {
    name: 'the last date counts',
    file: 'parse/lists/listed.ts',
    right: 'facts.lastmod ||=',
    wrong: 'facts.lastmod =',
  },
  {
    name: 'an address that the end of the document cuts is a link',
    file: 'parse/lists/listed.ts',
    right: "if (child !== '' && !isCut) take(child);",
    wrong: "if (child !== '') take(child);",
  },
];

export const WARC_BUGS: readonly Bug[] = [
  {
    name: 'checksums are not looked at',
    file: 'archive/members.ts',
    right: 'if (trailer.readUInt32LE(0) !== checksum)',
    wrong: 'if (false)',
  },
  {
    name: 'nothing behind a damage is read',
    file: 'archive/warc-reader.ts',
    right: 'at = isGuess ? await nextMagic(counted, magics, at + 1, size) : end;',
    wrong: 'at = isGuess ? size : end;',
  },
  {
    name: 'a member has no optional fields',
    file: 'archive/members.ts',
    right: 'if ((flags & 4) !== 0) at +=',
    wrong: 'if (false) at +=',
  },
  {
    name: 'a block goes on to the end of the member',
    file: 'archive/warc-reader.ts',
    right: 'bytes.subarray(end + BLANK_LINE.length, end + BLANK_LINE.length + size)',
    wrong: 'bytes.subarray(end + BLANK_LINE.length)',
  },
  {
    name: 'names of fields are read in small letters alone',
    file: 'archive/record-head.ts',
    right: '.trim().toLowerCase()',
    wrong: '.trim()',
  },
];
