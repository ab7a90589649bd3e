import type { AsyncApi } from '../asyncapi.ts'
import { type JsonSchema, nameIn } from '../json-schema.ts'
import { html, prose } from './html.ts'
import type { Page } from './page.ts'
import { fieldList, fieldsOf } from './schema-text.ts'

const SAID = { required: 'required', optional: '' }
const TOLD = { required: '', optional: 'not always there' }

/** Every kind of frame, those of clients first. */
export function socketPage({ components: { messages, schemas } }: AsyncApi): Page {
  const resolved = (schema: JsonSchema) => schemas[nameIn(schema) ?? ''] ?? schema
  const answerTo = ({
    'x-ok': ok,
    'x-problem-codes': codes = [],
  }: AsyncApi['components']['messages'][string]) =>
    ok &&
    html`<h3>Answer</h3>
<p>${Object.keys(resolved(ok).properties ?? {}).length > 0 ? html`<code>ok</code> has:` : html`<code>ok</code> is an empty object.`}</p>
${fieldList(fieldsOf(resolved(ok), TOLD))}
<p class="soft">Or <code>error</code>, with one of the codes ${codes.map((code, at) => [at > 0 && ', ', html`<a href="/docs/problems/${code}"><code>${code}</code></a>`])}.</p>`
  const shown = Object.entries(messages).map(([key, message]) => {
    const id = key.replace('.', '-')
    const isSaid = message['x-direction'] === 'client'
    const { anyOf: variants = [message.payload] } = resolved(message.payload)
    return html`<section id="${id}">
<h2><a class="anchor" href="#${id}">${message.summary}</a></h2>
<div class="request"><span class="method ${isSaid ? 'post' : 'get'}">${isSaid ? 'CLIENT' : 'SERVER'}</span><code class="path">${message.name}</code></div>
<p class="soft">Since level ${message['x-feature-level']}.</p>
${message.description !== undefined && html`<p>${prose(message.description)}</p>`}
${variants.map((one, at) => [
  at > 0 && html`<p class="soft">or</p>`,
  fieldList(fieldsOf(resolved(one), isSaid ? SAID : TOLD)),
])}${answerTo(message)}
</section>`
  })
  const body = html`<h1>Socket</h1>
<p class="lead">JSON frames over a WebSocket at <code>/v1/socket</code>, with the subprotocol <code>parlance.v1</code>.</p>
<p>Begin with <code>hello</code>; you hear every conversation of yours from <code>live</code> on. A frame with an <code>id</code> is answered by one with the same <code>re</code>, in order. The kind of a frame is its <code>op</code>.</p>
<p>When it closes with a code from 4000 to 4099, do not come back; from 4100 to 4199, come back with back-off; from 4200 to 4299, at once.</p>${shown}`
  return { path: '/socket', title: 'Socket', body }
}
