import {
  FEATURE_LEVEL,
  OPERATIONS,
  type Operation,
  PROBLEMS,
  type ProblemCode,
  problemKind,
} from '@parlance/protocol'
import type { JsonSchema } from '../json-schema.ts'
import { refusalsOf } from '../problem-codes.ts'
import { SUBJECTS } from '../subjects.ts'
import { type Html, html, prose } from './html.ts'
import { capital, operationsOf, type Page } from './page.ts'
import { ADVICE } from './problem-advice.ts'
import { boundsOf, fieldList, fieldsOf, kindOf } from './schema-text.ts'

const FIRST_REQUESTS = `curl "$URL/v1/accounts" \\
  -H 'content-type: application/json' \\
  -d '{"username":"ann","password":"correct horse battery staple"}'

TOKEN=…   # "token" in the answer

curl "$URL/v1/me" -H "authorization: Bearer $TOKEN"`

export const overviewPage = (): Page => ({
  path: '',
  title: 'API',
  body: html`<h1>Parlance API</h1>
<p class="lead">REST with JSON, for new clients. Every operation, field and refusal of this server is described here.</p>
<p>For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1), from which clients can be generated, and <a href="/asyncapi.json">asyncapi.json</a> (AsyncAPI 3.0) of the <a href="/docs/socket">socket</a>, by which they hear.</p>
<div class="cards">${Object.entries(SUBJECTS).flatMap(([subject, words]) =>
    operationsOf(subject).length === 0
      ? []
      : [
          html`<a class="card" href="/docs/${subject}"><strong>${capital(subject)}</strong><span class="soft">${words}</span></a>`,
        ],
  )}</div>
<h2>Begin</h2>
<p>Make an account, keep the token, and ask with it. <code>$URL</code> is the address of the server.</p>
<pre tabindex="0"><code>${FIRST_REQUESTS}</code></pre>
<section><h2>Conventions</h2>
<ul>${CONVENTIONS.map((words) => html`<li>${words}</li>`)}</ul></section>`,
})

const CONVENTIONS: readonly Html[] = [
  html`Requests and answers are JSON in UTF-8. A field or a parameter that is not documented is refused, so that no slip is silent.`,
  html`Answers may grow: ignore what you do not know. What is documented is always there, <code>null</code> where it is empty.`,
  html`Nothing is ever taken away from <code>/v1</code>. The level of a server, <code>featureLevel</code> in <a href="/docs/server#getServer">GET /v1/server</a>, rises with every addition; this is level ${FEATURE_LEVEL}.`,
  html`Ids say their kind: <code>a_12</code> is an account, <code>c_5</code> a conversation, <code>i_7</code> an invite, <code>s_…</code> a session, <code>f_…</code> a file. A message is known by its conversation and its place there, <code>seq</code>.`,
  html`Times are RFC 3339 in UTC with microseconds. Offsets into a text count UTF-16 units, as JavaScript does.`,
  html`A POST that makes something answers 201 with <code>Location</code>; PUT and PATCH answer the whole as it is now; DELETE answers 204, also when it was gone already.`,
  html`Lists take <code>?limit=</code> (50 unless said, 200 at most) and <code>?cursor=</code>, the <code>next</code> of the page before; it is <code>null</code> at the end.`,
  html`<code>RateLimit</code> says what is left, <code>Retry-After</code> when to come again.`,
  html`A message is sent with a <code>clientId</code> of your own making. The same again answers the first message, so a request that got no answer may be repeated. Opening a conversation and making an invite take an <code>Idempotency-Key</code>.`,
  html`A refusal is a <a href="/docs/problems">problem document</a> with a <code>code</code>, and with a pointer to each field that is at fault.`,
]

/** Every object and value that has a name. */
export function objectsPage(schemas: Readonly<Record<string, JsonSchema>>): Page {
  const shape = (schema: JsonSchema): Html => {
    const needs =
      schema.additionalProperties === false
        ? { required: 'required', optional: '' }
        : { required: '', optional: 'not always there' }
    const fields = fieldsOf(schema, needs)
    if (fields.length > 0) return fieldList(fields)
    const words = [kindOf(schema), ...boundsOf(schema)]
    return html`<p class="soft">${words.map((word, at) => [at > 0 && ' · ', word])}</p>`
  }
  const names = Object.entries(schemas).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const shown = names.map(
    ([name, schema]) => html`<section id="${name}"><h2><a class="anchor" href="#${name}">${name}</a></h2>
${schema.description !== undefined && html`<p>${prose(`${schema.description}.`)}</p>`}
${(schema.anyOf ?? [schema]).map((one, at) => [at > 0 && html`<p class="soft">or</p>`, shape(one)])}</section>`,
  )
  const lead = 'What requests and answers are made of.'
  return {
    path: '/objects',
    title: 'Objects',
    body: html`<h1>Objects</h1><p class="lead">${lead}</p>${shown}`,
  }
}

const CODES = Object.keys(PROBLEMS) as readonly ProblemCode[]

export const problemsPage = (): Page => ({
  path: '/problems',
  title: 'Problems',
  body: html`<h1>Problems</h1>
<p class="lead">Every refusal, by its <code>code</code>. Later versions may add codes: go by the status where you do not know one.</p>
<table><tbody>${CODES.map((code) => {
    const { status, title } = problemKind(code)
    return html`<tr><td><span class="status">${status}</span> <a href="/docs/problems/${code}"><code>${code}</code></a></td><td>${title}</td></tr>`
  })}</tbody></table>`,
})

/** The page that the `type` of a problem leads to. */
export function problemPage(code: ProblemCode): Page {
  const { status, title, retryable = false } = problemKind(code)
  const operations = Object.entries<Operation>(OPERATIONS).filter(([, operation]) =>
    [...refusalsOf(operation).values()].some((codes) => codes.includes(code)),
  )
  const isEverywhere = operations.length === Object.keys(OPERATIONS).length
  const instance = 'kZ0T3m1w-17'
  const example = { type: `/docs/problems/${code}`, title, status, detail: title, code, retryable, instance }
  return {
    path: `/problems/${code}`,
    title: code,
    body: html`<h1><code>${code}</code></h1>
<p class="lead">${title}</p>
<p>${prose(ADVICE[code])}</p>
<p class="soft">Status ${status}. ${retryable ? 'The same request may succeed later.' : 'The same request will be refused again, unless something else has changed.'}</p>
<h3>Example</h3>
<pre tabindex="0"><code>${JSON.stringify(example, null, 2)}</code></pre>
<h3>Where it comes from</h3>
${
  isEverywhere
    ? html`<p>Any request may get it.</p>`
    : html`<ul>${operations.map(
        ([id, { summary, tag }]) => html`<li><a href="/docs/${tag}#${id}">${summary}</a></li>`,
      )}</ul>`
}
<p><a href="/docs/problems">All problems</a></p>`,
  }
}
