/** The style sheet of the pages: system fonts, both colour schemes, paper. */
export const STYLE = `
:root { --text: #1c2024; --soft: #5b6470; --line: #d9dde3; --ground: #ffffff; --panel: #f5f6f8; --link: #0b57a4; --warn: #8a3b00; --warn-ground: #fff3e2; --mark: #e4ecf7; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e3e6ea; --soft: #a2abb7; --line: #363c45; --ground: #15181c; --panel: #1e2227; --link: #82b7f5; --warn: #ffc07a; --warn-ground: #352613; --mark: #22344b; }
}
* { box-sizing: border-box; }
html { color: var(--text); background: var(--ground); font: 16px/1.55 system-ui, sans-serif; }
body { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; overflow-wrap: break-word; }
a { color: var(--link); }
a:focus-visible, pre:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem; background: var(--ground); }
h1 { margin: .6rem 0 .4rem; font-size: 2rem; line-height: 1.2; }
h2 { margin: 2.4rem 0 .7rem; font-size: 1.2rem; line-height: 1.3; }
p { margin: .5rem 0; max-width: 46rem; }
nav, .soft, caption, footer { color: var(--soft); }
.lead { font-size: 1.05rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Consolas, "Liberation Mono", monospace; font-size: .875rem; }
pre { margin: 0; padding: .8rem 1rem; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; line-height: 1.45; user-select: text; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { padding: 0 0 .4rem; text-align: left; font-size: .9rem; }
th, td { padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-size: .85rem; font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; }
td p { margin: 0 0 .25rem; }
.depth-2 { padding-left: 1.25rem; } .depth-3 { padding-left: 2.5rem; } .depth-4 { padding-left: 3.75rem; } .depth-5 { padding-left: 5rem; }
.mark { display: inline-block; margin: 0 .3rem .15rem 0; padding: 0 .45rem; border-radius: 4px; background: var(--mark); font-size: .8rem; white-space: nowrap; }
.warn { color: var(--warn); background: var(--warn-ground); }
p.warn { padding: .6rem .8rem; border-radius: 6px; }
ul.values { margin: .15rem 0 0; padding: 0; list-style: none; max-height: none; }
ul.values li { display: inline; } ul.values li + li::before { content: " | "; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.25rem; margin: 1rem 0; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
footer { margin-top: 3rem; padding-top: .8rem; border-top: 1px solid var(--line); font-size: .85rem; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
@media print {
  :root { --text: #000; --soft: #444; --line: #bbb; --ground: #fff; --panel: #fff; --link: #000; --warn: #000; --warn-ground: #fff; --mark: #fff; }
  body { max-width: none; padding: 0; } nav, .skip { display: none; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; } .mark { border: 1px solid var(--line); }
  h2 { break-after: avoid; } tr { break-inside: avoid; } .scroll { overflow: visible; }
}
`;
