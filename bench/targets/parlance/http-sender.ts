import type { Ear } from '../../load/ear.ts'
import { type HttpClient, openHttp, render } from '../../load/http-client.ts'
import type { Client } from '../../target.ts'
import type { Parlance } from './server.ts'

interface Posting {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends over a keep-alive connection of its own, opened when first used. */
export function httpSender(parlance: Parlance, ear: Ear, postingOf: (body: string) => Posting): Client {
  let opening: Promise<HttpClient> | undefined
  let http: HttpClient | undefined
  const onAnswer = (status: number): void => {
    if (status >= 300) throw new Error(`a message was answered with ${status}`)
    ear.acknowledged()
  }
  return {
    send: (body) => {
      const request = render({ method: 'POST', ...postingOf(body) })
      if (http) {
        http.post(request, onAnswer)
        return
      }
      opening ??= openHttp(parlance.port)
      void opening.then((opened) => {
        http = opened
        opened.post(request, onAnswer)
      })
    },
    close: () => void opening?.then((opened) => opened.close()),
  }
}
