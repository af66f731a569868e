// The style of a report. Ink on paper, one colour for what can be clicked, red for what a person must act on.

export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1a; --soft: #5e5d59; --line: #dddbd5; --fill: #a9b4c4; --link: #1a4fb4; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #161615; --ink: #e9e7e1; --soft: #a5a29a; --line: #383632; --fill: #55657d; --link: #8fb4ff; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px; max-width: 1080px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 22px; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 0 0 4px; font-size: 17px; }
.charts h2 { font-size: 15px; }
p { margin: 0 0 12px; }
section { margin: 32px 0 0; }
.charts section { margin: 0; }
.sentence { margin: 8px 0 0; font-size: 17px; }
.from, .rest, .more, figcaption, dt { color: var(--soft); }
.from { overflow-wrap: anywhere; }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
h1 code { font: inherit; }
a { color: var(--link); }
dl { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 20px 0; padding: 12px 0; border: solid var(--line); border-width: 1px 0; }
dt { font-size: 13px; }
dd { margin: 0; font-size: 17px; font-variant-numeric: tabular-nums; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 16px 0 0; padding: 0; list-style: none; }
figure { margin: 24px 0 0; }
figure svg { display: block; width: 100%; height: auto; }
figcaption { margin-top: 4px; font-size: 13px; }
.fill { fill: var(--fill); }
.bad { fill: var(--bad); }
.line { stroke: var(--line); }
.begin path { stroke: var(--soft); stroke-dasharray: 4 4; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 32px 48px; margin-top: 32px; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 400; overflow-wrap: anywhere; }
.bars td, .bars th { padding: 2px 12px 2px 0; }
.bars svg { display: block; width: min(160px, 24vw); }
.list { width: 100%; }
.list th { padding: 4px 16px 4px 0; color: var(--soft); }
.list td { padding: 6px 16px 6px 0; border-top: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; }
.wrong { color: var(--bad); font-weight: 600; white-space: nowrap; }
.chain { margin: 0; padding-left: 20px; }
.rest { margin: 8px 0 0; font-size: 13px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { margin: 40px 0 0; padding-top: 12px; border-top: 1px solid var(--line); color: var(--soft); font-size: 13px; }
@media (max-width: 640px) {
  body { padding: 20px 16px; }
  .list thead { display: none; }
  .list tr { display: block; padding: 8px 0; border-top: 1px solid var(--line); }
  .list td { display: block; padding: 0 0 2px; border: 0; }
  .list td:not([data-of="fault"], [data-of="URL"])::before { content: attr(data-of) " "; color: var(--soft); }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --fill: #999; --link: #000; --bad: #a00; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav { display: none; }
  a { text-decoration: none; }
  tr, figure, .charts section { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;
