import { type Browser, chromium } from 'playwright-core'
import { findProgram } from './installed.ts'

const NAMES = ['chromium-headless-shell', 'chromium']

const find = (): string | undefined => NAMES.map(findProgram).find((path) => path !== undefined)

/** As a target's `missing`. */
export const chromiumIsMissing = (): string | undefined =>
  find() === undefined ? 'Chromium is not installed' : undefined

/** A browser without a window, on the core of the load generator. */
export function launchChromium(): Promise<Browser> {
  const path = find()
  // A container's root may not have the sandbox; no page of another site is opened here.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ args, ...(path !== undefined && { executablePath: path }) })
}
