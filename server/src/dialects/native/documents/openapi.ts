import { FEATURE_LEVEL, OPERATIONS, type Operation } from '@parlance/protocol'
import { Examples } from './examples.ts'
import { RESPONSE_HEADERS } from './header-names.ts'
import { Components, type JsonSchema } from './json-schema.ts'
import type { ApiOperation, Content, OpenApi } from './openapi-types.ts'
import { OperationDocuments } from './operation-documents.ts'
import { SUBJECTS } from './subjects.ts'
import { TRANSFERS, type Transfer } from './transfers.ts'

const DESCRIPTION = `The native dialect of Parlance. Requests and answers are JSON in UTF-8.

- A field or a parameter that is not documented is refused. Answers may grow: ignore what you do not know.
- A documented field of an answer is always there, null where it is empty, unless it is marked as optional.
- \`x-feature-level\` says since which \`featureLevel\` (\`GET /v1/server\`) an operation, a schema or a field is there. A field
  without it is there since its schema was.
- A path that answers GET answers HEAD likewise, without the body, and any path OPTIONS with its methods in \`Allow\`.
- Every refusal is a problem document (RFC 9457); \`x-problem-codes\` lists the codes that may come with a status.`

const INFO = {
  title: 'Parlance',
  version: `1.${FEATURE_LEVEL}.0`,
  summary: 'The REST API of the native dialect',
  description: DESCRIPTION,
  license: { name: 'MIT', identifier: 'MIT' },
}

const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: "A session's token, as `POST /v1/sessions` tells it.",
  },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-parlance',
    description:
      "A browser's session, made with `cookie: true`. Over plain http on the server's own machine the name is `parlance`. A request that changes something must come from a page of this server.",
  },
}

type Paths = OpenApi['paths']

/** The document of the REST API. `url` is where people reach the server; its own root unless said. */
export function openApi(url = '/'): OpenApi {
  const components = new Components('2020-12')
  const documents = new OperationDocuments(components)
  const paths: Record<string, Record<string, ApiOperation>> = {}
  // In the order of the table; a path stands where its first operation does.
  for (const [id, operation] of Object.entries<Operation | Transfer>({ ...OPERATIONS, ...TRANSFERS })) {
    const methods = paths[operation.path] ?? {}
    paths[operation.path] = methods
    methods[operation.method.toLowerCase()] = documents.of(id, operation)
  }
  const { schemas } = components
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url }],
    tags: Object.entries(SUBJECTS).map(([name, description]) => ({ name, description })),
    security: [{ bearer: [] }, { cookie: [] }],
    paths: withExamples(paths, schemas),
    components: {
      schemas,
      responses: documents.responses,
      headers: RESPONSE_HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}

/** The same, with an example of each body and of each parameter that is required. */
function withExamples(paths: Paths, schemas: Readonly<Record<string, JsonSchema>>): Paths {
  const examples = new Examples(schemas)
  const shownContent = (content: Content) =>
    valuesOf(content, (media) => ({ ...media, example: examples.of(media.schema) }))
  const shown = (operation: ApiOperation): ApiOperation => ({
    ...operation,
    parameters: operation.parameters.map((one) =>
      one.required ? { ...one, example: examples.of(one.schema, one.name) } : one,
    ),
    ...(operation.requestBody && {
      requestBody: { ...operation.requestBody, content: shownContent(operation.requestBody.content) },
    }),
  })
  return valuesOf(paths, (methods) => valuesOf(methods, shown))
}

const valuesOf = <From, To>(record: Readonly<Record<string, From>>, to: (value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]))
