import type { Visitor } from './browser.ts'

/** A question of the page's own, with its cookie. */
export const ask = (visitor: Visitor, method: string, path: string, body: object) =>
  visitor.page.evaluate(
    async ([verb, url, json]) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(url ?? '', { method: verb ?? '', headers, body: json ?? '' })).status
    },
    [method, path, JSON.stringify(body)],
  )
