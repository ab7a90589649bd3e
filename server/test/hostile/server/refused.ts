import { until } from '../../support/until.ts'
import { BareHttp } from './bare-http.ts'

/** Now and then a token comes in time; none of the refusals is left out for that. `waste` takes tokens first. */
export async function refused(
  port: number,
  from: string,
  bytes: Buffer,
  waste: readonly Buffer[] = [],
): Promise<string> {
  return until(`a refusal of ${bytes.toString().split('\r\n')[0]}`, async () => {
    const client = new BareHttp(port, from).write(Buffer.concat([...waste, bytes]))
    const answers = () => client.heard.split('HTTP/1.1 ').slice(1)
    // Refusals come at once; a client that is let in may wait for long.
    const isAnswered = () => answers().length > waste.length && /\r\n\r\n./s.test(answers().at(-1) ?? '')
    await until('the answers', isAnswered, 1_000).catch(() => undefined)
    client.end()
    const last = isAnswered() ? answers().at(-1) : undefined
    return last?.startsWith('429') ? last : undefined
  })
}
