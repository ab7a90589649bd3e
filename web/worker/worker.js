// The service worker: it keeps the files of one release of the web client, so that the page opens without a network and never
// mixes two releases. The build puts the release in. Nothing of the API passes through it.

const { version, page, files } = __RELEASE__
const CACHE = `parlance-${version}`

self.addEventListener('install', (event) => event.waitUntil(keepAll()))

self.addEventListener('activate', (event) => event.waitUntil(takeOver()))

self.addEventListener('message', ({ data }) => {
  if (data === 'take over') self.skipWaiting()
})

self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url)
  if (event.request.method !== 'GET' || origin !== self.location.origin || !files.includes(pathname)) return
  event.respondWith(kept(pathname, event.request))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data.path))
})

/** Fails where the server has another release by now: the browser tries again, with that one's worker. */
async function keepAll() {
  const responses = await Promise.all(
    files.map((path) => fetch(path, { cache: path.startsWith('/assets/') ? 'default' : 'reload' })),
  )
  if (responses.some(({ ok }) => !ok)) throw new Error('a file of this release is not there')
  const body = await responses[files.indexOf('/')].clone().arrayBuffer()
  if ((await digestOf(body)) !== page) throw new Error('the page is of another release')
  const cache = await caches.open(CACHE)
  await Promise.all(files.map((path, index) => cache.put(path, responses[index])))
}

async function digestOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function takeOver() {
  const names = await caches.keys()
  const older = names.filter((name) => name.startsWith('parlance-') && name !== CACHE)
  await Promise.all(older.map((name) => caches.delete(name)))
  await self.clients.claim()
}

async function kept(path, request) {
  const cache = await caches.open(CACHE)
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(request)
}

/** In a window that is open already, if there is one. */
async function open(path) {
  const [window] = await self.clients.matchAll({ type: 'window' })
  if (!window) return self.clients.openWindow(`/${path}`)
  window.postMessage({ open: path })
  return window.focus()
}
