import type { IncomingMessage } from 'node:http'

/** The content types that a form, or a script without a preflight, can send to another site. */
const FORM_TYPES = /^\s*(?:text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i

/**
 * Whether a page of another site makes its visitor's browser post a form or the like, without a preflight and without
 * an answer that the page can read. No client does that; a page could so spend its visitors' addresses on log-ins and
 * registrations. Scripts that use CORS send `cors` as their mode, and programs other than browsers send no site.
 */
export function isCrossSiteForm({ method, headers }: IncomingMessage): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'content-type': type } = headers
  return method === 'POST' && site === 'cross-site' && mode !== 'cors' && (!type || FORM_TYPES.test(type))
}
