// The health check of the Dockerfile: exits 0 if the server of this container answers. JavaScript, and alone: it runs every
// few seconds. The first process of the container is the server, or an init that was told to start it; another's number may
// be given.
import { readFileSync } from 'node:fs'

const PATIENCE_MS = 2_500
/** Names of the settings that are read. */
const NAMES = ['HOST', 'PORT', 'TLS_CERT', 'TLS_DOMAIN']
const { host, port, isSecure } = whereOf(process.argv[2] ?? '1')
// The certificate is for the names that people use, not for the address at which a container asks itself.
const { get } = await import(isSecure ? 'node:https' : 'node:http')
const options = {
  host,
  port,
  path: '/healthz',
  agent: false,
  timeout: PATIENCE_MS,
  rejectUnauthorized: false,
}
const asked = get(options, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
asked.on('timeout', () => asked.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)))
asked.on('error', ({ message }) => {
  process.stderr.write(`${isSecure ? 'https' : 'http'}://${host}:${port}/healthz: ${message}\n`)
  process.exit(1)
})

/** As the server reads it: an option wins over the environment, and what is empty is absent. */
function whereOf(pid) {
  const given = { ...environmentOf(pid), ...optionsOf(pid) }
  const setting = (name) => given[name]?.trim() || undefined
  const host = reachable(setting('HOST') ?? '127.0.0.1')
  const isSecure = (setting('TLS_CERT') ?? setting('TLS_DOMAIN')) !== undefined
  return { host, port: Number(setting('PORT') ?? 8000), isSecure }
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
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const option = `--${name.toLowerCase().replaceAll('_', '-')}`
      return words.flatMap((word, n) => {
        if (word === option) return [[name, words[n + 1] ?? '']]
        return word.startsWith(`${option}=`) ? [[name, word.slice(option.length + 1)]] : []
      })
    }),
  )
}

/** The environment of the server's process, where it may be read; else our own, which Docker makes the same. */
function environmentOf(pid) {
  const pairs = wordsOf(pid, 'environ').map((word) => word.split(/=(.*)/s, 2))
  return { ...process.env, ...Object.fromEntries(pairs.filter(([name]) => NAMES.includes(name))) }
}

function wordsOf(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0')
  } catch {
    return []
  }
}
