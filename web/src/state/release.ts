import { signal } from '@preact/signals'
import { go, routeOf } from './route.ts'

/** A newer release that waits for the reader's word: the page of this one goes on until then. */
export const newRelease = signal<ServiceWorker | undefined>(undefined)

const WORKER = '/worker.js'
/** Milliseconds between two looks for a newer release. */
const LOOK_EVERY_MS = 60 * 60 * 1000

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string
  }
}

/** The page's policy lets this one script be made a worker, and nothing else. */
function trustedWorker(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const createScriptURL = (url: string): string => {
    if (url !== WORKER) throw new TypeError(`${url} is no worker of this page`)
    return url
  }
  return trustedTypes?.createPolicy('parlance', { createScriptURL }).createScriptURL(WORKER) ?? WORKER
}

/** Registers the service worker where browsers allow one: over TLS, and on the machine itself. */
export async function keepRelease(): Promise<void> {
  if (!isSecureContext || !('serviceWorker' in navigator)) return
  const workers = navigator.serviceWorker
  workers.addEventListener('message', ({ data }: MessageEvent<{ open?: unknown }>) => {
    if (typeof data.open === 'string') go(routeOf(data.open))
  })
  // The first worker of a browser takes over a page of its own release; a later one a page of an older.
  let isKept = workers.controller !== null
  workers.addEventListener('controllerchange', () => {
    if (isKept) location.reload()
    isKept = true
  })
  try {
    const registration = await workers.register(trustedWorker())
    offer(registration)
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', () => offer(registration))
    })
    setInterval(() => registration.update().catch(() => undefined), LOOK_EVERY_MS)
  } catch (error) {
    // The page works without it, as in a private window that has none.
    console.warn('The service worker was not registered.', error)
  }
}

function offer({ waiting }: ServiceWorkerRegistration): void {
  if (waiting && navigator.serviceWorker.controller) newRelease.value = waiting
}

/** Goes over to the newer release: every window of this browser is loaded again. */
export const takeRelease = (): void => newRelease.value?.postMessage('take over')
