// What gossamer itself says on the origin of archived pages. Text of a crawled site is written as references, so it can
// never be markup. Everything is ASCII, so it can stand at the end of a page in any encoding.

import type { Row } from '../../base/contracts.ts';

const BAR = [
  'all:initial',
  'display:block',
  'position:fixed',
  'left:0',
  'right:0',
  'bottom:0',
  'z-index:2147483647',
  'box-sizing:border-box',
  'padding:6px 12px',
  'font:13px/1.4 system-ui,sans-serif',
  'color:#222',
  'background:#f4f1e8',
  'border-top:1px solid #b8b2a0',
  'overflow:hidden',
  'white-space:nowrap',
  'text-overflow:ellipsis',
]
  .map((rule) => `${rule}!important`)
  .join(';');

/** Elements whose content is no markup, or is not shown. Within a comment in a script one end tag does not end it. */
const END_TAGS = [
  ...['script', 'script', 'style', 'title', 'textarea', 'xmp', 'iframe', 'noscript', 'template', 'select', 'object'],
  ...['svg', 'math'],
]
  .map((name) => `</${name}>`)
  .join('');
/**
 * A page may be cut anywhere: these end such elements, a comment, and the value of an attribute. A browser ignores an
 * end tag where nothing is open.
 */
const ENDS = `${END_TAGS}<gossamer-end hidden>--></gossamer-end><gossamer-end hidden>'"></gossamer-end>${END_TAGS}`;
/** What stands behind it in a page of XML is not much. */
const TAIL_BYTES = 4_096;
const ROOT_END = /<\/(?:[\w.-]+:)?html\s*>/g;

/** The page with a banner that tells when it was captured. `date` is ISO 8601. */
export function bannered(page: Uint8Array, kind: 'html' | 'xhtml', url: string, date: string): Uint8Array {
  const when = asText(date.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC'));
  const text = `Archived copy of ${asText(url)}, captured ${when}`;
  const bar = `<gossamer-banner xmlns="http://www.w3.org/1999/xhtml" style="${BAR}" role="note">${text}</gossamer-banner>`;
  if (kind === 'html') return Buffer.concat([page, Buffer.from(`\n${ENDS}${bar}`)]);
  const from = Math.max(0, page.length - TAIL_BYTES);
  const end = [...Buffer.from(page.subarray(from)).toString('latin1').matchAll(ROOT_END)].at(-1);
  // Without the end of its root a browser shows no page of XML whole.
  if (end === undefined) return page;
  const at = from + end.index;
  return Buffer.concat([page.subarray(0, at), Buffer.from(bar), page.subarray(at)]);
}

export function missingPage(why: string, url: string, row: Row | null): string {
  const fact = (name: string, value: string | number | null): string =>
    value === null || value === '' ? '' : `<dt>${name}</dt><dd>${asText(String(value))}</dd>`;
  const facts =
    row === null
      ? ''
      : fact('State', row.state) + fact('Reason', row.reason) + fact('Error', row.error) + fact('Status', row.status);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Not archived</title>
<style>:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em}
code,dd{font-family:ui-monospace,monospace;font-size:13px;overflow-wrap:anywhere}dt{font-weight:600}dd{margin:0 0 8px}</style>
<h1>Not archived</h1>
<p>${asText(why)}</p>
${url === '' ? '' : `<p>Its address on the web: <code>${asText(url)}</code></p>`}
<dl>${facts}</dl></html>
`;
}

/** Every character that is not plain becomes a reference. */
export function asText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^ !#$%()*+,\-./0-9:;=?@A-Z[\\\]_a-z{|}~]/gu, (odd) => `&#${odd.codePointAt(0)};`);
}
