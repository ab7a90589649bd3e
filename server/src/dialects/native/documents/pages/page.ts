import { createHash } from 'node:crypto'
import { FEATURE_LEVEL, OPERATIONS, type Operation } from '@parlance/protocol'
import { SUBJECTS } from '../subjects.ts'
import { TRANSFERS, type Transfer } from '../transfers.ts'
import { Html, html } from './html.ts'
import { STYLE } from './style.ts'

const DIGEST = createHash('sha256').update(STYLE).digest('base64')

/** Nothing is loaded, sent or run from a page, and no page may hold it in a frame. */
export const POLICY = `default-src 'none'; style-src 'sha256-${DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

export interface Page {
  /** Below `/docs`, beginning with a slash; empty for the first page. */
  readonly path: string
  readonly title: string
  readonly body: Html
}

/** The whole of a page, with the list of all pages beside it. */
export const pageText = ({ path, title, body }: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Parlance</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<a class="brand" href="/docs">Parlance</a><span class="level">API, level ${FEATURE_LEVEL}</span><a class="jump" href="#contents">Contents</a>
</header>
<div class="columns">
<main>${body}</main>
${contents(path)}
</div>
</body>
</html>
`.text

/** Pages that are not a subject's. */
const OTHERS: readonly (readonly [path: string, title: string])[] = [
  ['', 'Overview'],
  ['/socket', 'Socket'],
  ['/objects', 'Objects'],
  ['/problems', 'Problems'],
]

const contents = (current: string): Html => {
  const here = (path: string) => (path === current ? html` aria-current="page"` : undefined)
  return html`<nav id="contents" aria-label="Contents">
<ul>${OTHERS.map(([path, title]) => html`<li><a href="/docs${path}"${here(path)}>${title}</a></li>`)}</ul>
${Object.keys(SUBJECTS).map((subject) => {
  const operations = operationsOf(subject)
  if (operations.length === 0) return undefined
  return html`<h2><a href="/docs/${subject}"${here(`/${subject}`)}>${capital(subject)}</a></h2>
<ul>${operations.map(([id, { summary }]) => html`<li><a href="/docs/${subject}#${id}">${summary}</a></li>`)}</ul>`
})}
</nav>`
}

export const operationsOf = (
  subject: string,
): readonly (readonly [id: string, operation: Operation | Transfer])[] =>
  Object.entries<Operation | Transfer>({ ...OPERATIONS, ...TRANSFERS }).filter(
    ([, { tag }]) => tag === subject,
  )

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
