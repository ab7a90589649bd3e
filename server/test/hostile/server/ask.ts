interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Without a field when the answer is no JSON object. */
  readonly json: Readonly<Record<string, unknown>>
}

export async function ask(
  url: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const json = body !== undefined && { 'content-type': 'application/json' }
  const response = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...json, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

function parse(text: string): Answer['json'] {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
