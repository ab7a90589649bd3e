export interface SocketHandlers {
  onOpen(): void
  onText(text: string): void
  /** Once, and last. `code` is 1006 where the connection broke. */
  onClose(code: number, reason: string): void
}

export interface Socket {
  send(text: string): void
  /** No handler is called after it. */
  close(): void
}

/** All that the client asks of its surroundings. A test replaces it whole. */
export interface Runtime {
  openSocket(url: string, protocol: string, handlers: SocketHandlers): Socket
  fetch(url: string, init: RequestInit): Promise<Response>
  /** Milliseconds. */
  now(): number
  /** Calls back after so many milliseconds; the answer cancels it. */
  after(ms: number, callback: () => void): () => void
  /** From 0 up to but not with 1. */
  random(): number
  /** An id that nobody else makes, of at most 64 characters. */
  newId(): string
  /** Calls back when the network has come back or the page has become visible; the answer ends it. */
  onWake(callback: () => void): () => void
}

interface Page {
  readonly visibilityState?: string
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

/** A browser's runtime, or that of Node 22 and later. */
export const systemRuntime: Runtime = {
  openSocket(url, protocol, handlers) {
    const socket = new WebSocket(url, protocol)
    let isOver = false
    const end = (code: number, reason: string) => {
      if (isOver) return
      isOver = true
      handlers.onClose(code, reason)
    }
    socket.onopen = () => !isOver && handlers.onOpen()
    socket.onmessage = ({ data }) => !isOver && typeof data === 'string' && handlers.onText(data)
    socket.onclose = ({ code, reason }) => end(code, reason)
    // Its `close` follows.
    socket.onerror = () => undefined
    return {
      send: (text) => socket.send(text),
      close: () => {
        isOver = true
        socket.close()
      },
    }
  },
  fetch: (url, init) => fetch(url, init),
  now: Date.now,
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  random: Math.random,
  // The time comes first, so that the server's index of client ids grows at its end, which costs half of what places at
  // random do. On a page that came over plain HTTP, browsers have no `crypto.randomUUID`.
  newId: () => Date.now().toString(36) + crypto.getRandomValues(new Uint32Array(3)).join(''),
  onWake(callback) {
    const { document, window } = globalThis as { document?: Page; window?: Page }
    const onVisible = () => document?.visibilityState === 'visible' && callback()
    document?.addEventListener?.('visibilitychange', onVisible)
    window?.addEventListener?.('online', callback)
    return () => {
      document?.removeEventListener?.('visibilitychange', onVisible)
      window?.removeEventListener?.('online', callback)
    }
  },
}
