import type { ApiOperation } from '../openapi-types.ts'

/** A command that asks for the operation, with values to put one's own in place of. */
export function curlOf(request: string, { parameters, requestBody, security }: ApiOperation): string {
  const [method = '', template = ''] = request.split(' ')
  const values = new Map(parameters.map(({ name, example }) => [name, String(example)]))
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values.get(name) ?? ''))
  const query = parameters
    .filter(({ in: where, required }) => where === 'query' && required)
    .map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`)
    .join('&')
  const address = `"$URL${path}${query === '' ? '' : `?${query}`}"`
  const body = requestBody?.content['application/json']?.example
  const [bytesType] = Object.keys(requestBody?.content ?? {}).filter((type) => type !== 'application/json')
  const verb =
    { GET: '', HEAD: ' -I', POST: requestBody === undefined ? ' -X POST' : '' }[method] ?? ` -X ${method}`
  const headers = parameters.filter(({ in: where, required }) => where === 'header' && required)
  const lines = [
    `curl${verb} ${address}`,
    ...(security ? [] : ['-H "authorization: Bearer $TOKEN"']),
    ...headers.map(({ name, example }) => `-H '${name.toLowerCase()}: ${example}'`),
    ...(bytesType === undefined ? [] : [`-H 'content-type: ${bytesType}'`, '--data-binary @part']),
    ...(body === undefined
      ? []
      : [`-H 'content-type: application/json'`, `-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`]),
  ]
  return lines.join(' \\\n  ')
}
