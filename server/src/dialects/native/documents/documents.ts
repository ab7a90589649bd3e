import { createHash } from 'node:crypto'
import { PROBLEMS, type ProblemCode } from '@parlance/protocol'
import { asyncApi } from './asyncapi.ts'
import { openApi } from './openapi.ts'
import { objectsPage, overviewPage, problemPage, problemsPage } from './pages/other-pages.ts'
import { type Page, POLICY, pageText } from './pages/page.ts'
import { socketPage } from './pages/socket-page.ts'
import { SubjectPages } from './pages/subject-page.ts'
import { SUBJECTS, type Subject } from './subjects.ts'

export interface Document {
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

/** All documents of the dialect, by their paths. `url` is where people reach the server. */
export function documents(url: string | undefined): ReadonlyMap<string, Document> {
  const document = openApi(url)
  const socket = asyncApi(url)
  const subjects = new SubjectPages(document)
  const pages = [
    overviewPage(),
    objectsPage({ ...socket.components.schemas, ...document.components.schemas }),
    socketPage(socket),
    problemsPage(),
    ...(Object.keys(PROBLEMS) as ProblemCode[]).map(problemPage),
    ...(Object.keys(SUBJECTS) as Subject[]).map((subject) => subjects.of(subject)),
  ]
  return new Map([
    ['/openapi.json', jsonDocument(document)],
    ['/asyncapi.json', jsonDocument(socket)],
    ...pages.map((page) => [`/docs${page.path}`, pageDocument(page)] as const),
  ])
}

const jsonDocument = (document: object): Document =>
  // For programs of other sites too: it has no secrets.
  of(JSON.stringify(document), { 'content-type': 'application/json', 'access-control-allow-origin': '*' })

const pageDocument = (page: Page): Document =>
  of(pageText(page), {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
  })

const of = (text: string, headers: Readonly<Record<string, string>>): Document => ({
  text,
  headers: {
    ...headers,
    'x-content-type-options': 'nosniff',
    // The next version of the server may be there at any time.
    'cache-control': 'no-cache',
    etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`,
  },
})
