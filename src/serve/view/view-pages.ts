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

/** `date` is ISO 8601. */
export function banner(url: string, date: string): string {
  const when = asText(date.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC'));
  return `\n<gossamer-banner style="${BAR}" role="note">Archived copy of ${asText(url)}, captured ${when}</gossamer-banner>`;
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
