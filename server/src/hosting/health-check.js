// The health check of the Dockerfile: exits 0 if the server of this container answers. JavaScript, and alone: it runs every
// few seconds. The first process of the container is the server, or an init that was told to start it; another's number may
// be given.
import { readFileSync } from 'node:fs'
import { get } from 'node:http'

const PATIENCE_MS = 2_500
const { host, port } = whereOf(process.argv[2] ?? '1')
const asked = get({ host, port, path: '/healthz', agent: false, timeout: PATIENCE_MS }, ({ statusCode }) =>
  process.exit(statusCode === 200 ? 0 : 1),
)
asked.on('timeout', () => asked.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)))
asked.on('error', ({ message }) => {
  process.stderr.write(`http://${host}:${port}/healthz: ${message}\n`)
  process.exit(1)
})

/** As the server reads it: an option wins over the environment, and what is empty is absent. */
function whereOf(pid) {
  const [options, environment] = [optionsOf(pid), environmentOf(pid)]
  const setting = (name) => (options[name.toLowerCase()] ?? environment[name])?.trim() || undefined
  return { host: reachable(setting('HOST') ?? '127.0.0.1'), port: Number(setting('PORT') ?? 8000) }
}

/** Where a server is reached that listens on all addresses. */
function reachable(host) {
  if (host === '0.0.0.0') return '127.0.0.1'
  return /^[0:]+$/.test(host) ? '::1' : host
}

/** The options of the command that started the server: `--port 9000` or `--port=9000`. */
function optionsOf(pid) {
  const words = wordsOf(pid, 'cmdline')
  if (!words.some((word) => word.endsWith('main.js') || word.endsWith('parlance'))) return {}
  const joined = words.map((word, n) =>
    /^--(?:host|port)$/.test(word) ? `${word}=${words[n + 1] ?? ''}` : word,
  )
  return Object.fromEntries(joined.flatMap((word) => pairOf(/^--(host|port)=(.*)$/s, word)))
}

/** The environment of the server's process, where it may be read; else our own, which Docker makes the same. */
function environmentOf(pid) {
  const pairs = wordsOf(pid, 'environ').flatMap((word) => pairOf(/^(HOST|PORT)=(.*)$/s, word))
  return { ...process.env, ...Object.fromEntries(pairs) }
}

function pairOf(pattern, word) {
  const [, name, value] = pattern.exec(word) ?? []
  return name === undefined ? [] : [[name, value]]
}

function wordsOf(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0')
  } catch {
    return []
  }
}
