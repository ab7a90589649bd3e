import type { IncomingMessage } from 'node:http'

/** What a form can send, and a page without asking first: everything else has a preflight. */
const FORM_TYPES = /^\s*(?:text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i

/**
 * Whether a page of another site has its visitor's browser post a form, or something alike, to which it asks no leave and
 * gets no answer. No client does that; a page could spend its visitors' addresses so on log-ins and registrations.
 * Scripts that ask by CORS say so, and those who are no browser say nothing.
 */
export function isCrossSiteForm({ method, headers }: IncomingMessage): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'content-type': type } = headers
  return method === 'POST' && site === 'cross-site' && mode !== 'cors' && (!type || FORM_TYPES.test(type))
}
