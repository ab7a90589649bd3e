import { type Operation, type ProblemCode, problemKind } from '@parlance/protocol'
import { Examples } from '../examples.ts'
import { type JsonSchema, nameIn } from '../json-schema.ts'
import type { ApiOperation, OpenApi } from '../openapi-types.ts'
import { commonCodes, refusalsOf } from '../problem-codes.ts'
import { SUBJECTS, type Subject } from '../subjects.ts'
import type { Transfer } from '../transfers.ts'
import { curlOf } from './curl.ts'
import { type Html, html, prose } from './html.ts'
import { capital, operationsOf, type Page } from './page.ts'
import { fieldList, fieldsOf, kindOf } from './schema-text.ts'

const ASKED = { required: 'required', optional: '' }
const TOLD = { required: '', optional: 'not always there' }

/** The pages of the operations, one a subject. */
export class SubjectPages {
  readonly #document: OpenApi
  readonly #examples: Examples

  constructor(document: OpenApi) {
    this.#document = document
    this.#examples = new Examples(document.components.schemas)
  }

  of(subject: Subject): Page {
    const operations = operationsOf(subject).flatMap(([, operation]) => {
      const { path, method } = operation
      const shown = this.#document.paths[path]?.[method.toLowerCase()]
      return shown ? [this.#operation(operation, shown)] : []
    })
    const body = html`<h1>${capital(subject)}</h1><p class="lead">${SUBJECTS[subject]}</p>${operations}`
    return { path: `/${subject}`, title: capital(subject), body }
  }

  #operation(row: Operation | Transfer, operation: ApiOperation): Html {
    const { operationId, summary, description, security } = operation
    const { method, path } = row
    return html`<section id="${operationId}">
<h2><a class="anchor" href="#${operationId}">${summary}</a></h2>
<div class="request"><span class="method ${method.toLowerCase()}">${method}</span><code class="path">${path}</code></div>
<p class="soft">${security ? 'Anybody may ask.' : 'Needs a session.'} Since level ${operation['x-feature-level']}. <code>${operationId}</code></p>
${description !== undefined && html`<p>${prose(description)}</p>`}
${this.#parameters(operation)}${this.#body(operation)}${this.#answers(operation)}${refusals(row)}
<h3>Example</h3>
<pre tabindex="0"><code>${curlOf(`${method} ${path}`, operation)}</code></pre>
</section>`
  }

  #parameters({ parameters }: ApiOperation): Html | undefined {
    if (parameters.length === 0) return undefined
    const words = parameters.map(({ name, in: where, required, schema, description }) => ({
      name: { path: `{${name}}`, query: `?${name}`, header: name }[where],
      schema: this.#resolved(schema),
      description,
      need: required ? ASKED.required : ASKED.optional,
    }))
    return html`<h3>Parameters</h3>${fieldList(words)}`
  }

  #body({ requestBody }: ApiOperation): Html | undefined {
    const schema = requestBody?.content['application/json']?.schema
    if (!schema) return undefined
    const { anyOf = [schema] } = this.#resolved(schema)
    return html`<h3>Body</h3>${anyOf.map((one, at) => [
      at > 0 && html`<p class="soft">or</p>`,
      fieldList(fieldsOf(this.#resolved(one), ASKED)),
    ])}`
  }

  #answers({ responses }: ApiOperation): Html {
    const seen = new Set<string>()
    return html`<h3>Answers</h3>${Object.entries(responses).map(([status, response]) => {
      if ('$ref' in response) return undefined
      const schema = response.content?.['application/json']?.schema
      const isSeen = seen.has(JSON.stringify(schema))
      seen.add(JSON.stringify(schema))
      return html`<div class="request"><strong class="status">${status}</strong><span>${response.description}${
        schema && html`: ${kindOf(schema)}`
      }</span></div>${schema && !isSeen && this.#shape(schema)}`
    })}`
  }

  #shape(schema: JsonSchema): Html {
    const fields = nameIn(schema) === undefined ? fieldsOf(schema, TOLD) : []
    const example = JSON.stringify(this.#examples.of(schema), null, 2)
    return html`${fields.length > 0 && fieldList(fields)}<details><summary>Example answer</summary><pre tabindex="0"><code>${example}</code></pre></details>`
  }

  #resolved(schema: JsonSchema): JsonSchema {
    const name = nameIn(schema)
    return name === undefined ? schema : (this.#document.components.schemas[name] ?? schema)
  }
}

/** Those of the operation itself with what they mean; the others are the same everywhere. */
function refusals(operation: Operation | Transfer): Html {
  const common = new Set(commonCodes(operation))
  const rows = Array.from(refusalsOf(operation), ([status, codes]) =>
    codes.filter((code) => !common.has(code)).map((code) => ({ status, code })),
  ).flat()
  const own = html`<ul class="codes">${rows.map(
    ({ status, code }) =>
      html`<li><span class="status">${status}</span>${linkTo(code)}<span class="soft">${problemKind(code).title}</span></li>`,
  )}</ul>`
  return html`<h3>Refusals</h3>${rows.length > 0 && own}
<p class="soft">${rows.length > 0 ? 'And, like other requests:' : 'Like other requests:'} ${[...common].map(
    (code, at) => [at > 0 && ', ', linkTo(code)],
  )}.</p>`
}

const linkTo = (code: ProblemCode): Html => html`<a href="/docs/problems/${code}"><code>${code}</code></a>`
