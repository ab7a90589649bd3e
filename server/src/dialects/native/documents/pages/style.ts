/** The one style sheet of the documentation, light and dark. It stands in each page, whose policy names its digest. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: oklch(99% 0.003 280); --raised: oklch(96.8% 0.005 280); --line: oklch(89% 0.008 280);
  --ink: oklch(24% 0.02 280); --soft: oklch(46% 0.02 280); --link: oklch(46% 0.17 275);
  --get: oklch(45% 0.11 240); --post: oklch(43% 0.11 150); --put: oklch(46% 0.1 70); --delete: oklch(47% 0.15 25);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: oklch(18% 0.012 280); --raised: oklch(22.5% 0.014 280); --line: oklch(33% 0.016 280);
    --ink: oklch(92% 0.008 280); --soft: oklch(73% 0.014 280); --link: oklch(77% 0.11 275);
    --get: oklch(77% 0.1 240); --post: oklch(78% 0.12 150); --put: oklch(80% 0.1 75); --delete: oklch(75% 0.12 25);
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 64px; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/22px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere;
}
a { color: var(--link); text-decoration: none; text-underline-offset: 3px; }
a:hover, main p a, main li a { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
code, pre { font: 13px/20px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
p code, li code, dd code, td code { background: var(--raised); border-radius: 4px; padding: 1px 4px; }
h1, h2, h3 { text-wrap: balance; margin: 0; font-weight: 600; }
h1 { font-size: 28px; line-height: 36px; letter-spacing: -0.01em; }
h2 { font-size: 20px; line-height: 26px; }
h1 code { font-size: 24px; line-height: 36px; }
h2 + .fields, h2 + .soft { margin-top: 12px; }
h3 { font-size: 13px; line-height: 18px; color: var(--soft); margin: 24px 0 8px; }
p { margin: 8px 0; max-width: 72ch; text-wrap: pretty; }
ul { margin: 8px 0; padding-left: 20px; max-width: 72ch; }
li { margin: 4px 0; }
header {
  position: sticky; top: 0; z-index: 1; display: flex; gap: 12px; align-items: center; min-height: 48px;
  padding: 0 16px; background: var(--page); border-bottom: 1px solid var(--line);
}
header .brand { color: var(--ink); font-weight: 600; }
header .level { color: var(--soft); font-size: 13px; }
header .jump { margin-left: auto; padding: 12px 0; }
main { padding: 24px 16px 48px; min-width: 0; max-width: 896px; }
nav { padding: 24px 16px 48px; border-top: 1px solid var(--line); font-size: 13px; line-height: 18px; }
nav h2 { font-size: 13px; line-height: 18px; margin: 24px 0 4px; }
nav ul { list-style: none; padding: 0; margin: 0; }
nav li { margin: 0; }
nav li a { display: block; padding: 13px 0; color: var(--soft); }
nav a:hover { color: var(--ink); }
nav a[aria-current] { color: var(--ink); font-weight: 600; }
section { padding: 32px 0; border-bottom: 1px solid var(--line); }
section:last-child { border-bottom: 0; }
.lead { font-size: 15px; color: var(--soft); }
.anchor { color: inherit; }
.request { display: flex; gap: 8px; align-items: baseline; margin: 12px 0; flex-wrap: wrap; }
.method { font: 600 13px/20px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--get); }
.method.post { color: var(--post); }
.method.put, .method.patch { color: var(--put); }
.method.delete { color: var(--delete); }
.path { font-size: 14px; }
.soft { color: var(--soft); font-size: 13px; line-height: 18px; }
.fields { margin: 0; border: 1px solid var(--line); border-radius: 8px; }
.fields > div { padding: 8px 12px; border-bottom: 1px solid var(--line); }
.fields > div:last-child { border-bottom: 0; }
.fields dt { display: flex; gap: 8px; align-items: baseline; flex-wrap: wrap; }
.fields dt code { font-weight: 600; }
.fields dd { margin: 4px 0 0; color: var(--soft); font-size: 13px; line-height: 18px; }
.kind { color: var(--soft); font-size: 13px; line-height: 18px; }
.need { font-size: 13px; line-height: 18px; margin-left: auto; }
pre {
  margin: 0; padding: 12px; background: var(--raised); border: 1px solid var(--line); border-radius: 8px;
  overflow-x: auto; overflow-wrap: normal; tab-size: 2;
}
.codes { list-style: none; padding: 0; margin: 0; max-width: none; }
.codes li { display: flex; gap: 8px; margin: 0; padding: 2px 0; align-items: baseline; flex-wrap: wrap; }
.status { font-variant-numeric: tabular-nums; color: var(--soft); min-width: 4ch; }
table { border-collapse: collapse; width: 100%; }
td { padding: 8px 12px 8px 0; border-bottom: 1px solid var(--line); vertical-align: baseline; text-align: left; }
td:first-child { white-space: nowrap; }
details { margin: 8px 0; }
summary { cursor: pointer; color: var(--link); padding: 4px 0; }
.cards { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); margin: 16px 0; }
.card { display: block; padding: 12px; border: 1px solid var(--line); border-radius: 8px; color: inherit; }
.card:hover { background: var(--raised); }
.card span { display: block; }
.card strong { display: block; color: var(--link); font-weight: 600; }
@media (max-width: 639px) {
  td, td:first-child { display: block; border: 0; padding: 0; white-space: normal; }
  tr { display: block; padding: 8px 0; border-bottom: 1px solid var(--line); }
  .need { margin-left: 0; }
}
@media (min-width: 900px) {
  .columns { display: grid; grid-template-columns: 264px minmax(0, 1fr); }
  .columns main { grid-column: 2; grid-row: 1; padding: 32px 48px 96px; }
  nav {
    grid-column: 1; grid-row: 1; position: sticky; top: 49px; align-self: start; height: calc(100dvh - 49px);
    overflow-y: auto; padding: 12px 16px 48px; border-top: 0; border-right: 1px solid var(--line);
  }
  nav li a { padding: 3px 0; }
  header { padding: 0 16px; }
  header .jump { display: none; }
}
@media print { nav, header .jump { display: none; } header { position: static; } }
`
