import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { unreadNames } from '../../src/config/index.ts'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import { readConfig } from '../../src/server.ts'

test('without settings: loopback, port 8000, a file in .data, every dialect, limits on', () => {
  const config = readConfig({ PATH: '/bin', HOME: '/' })
  assert.equal(config.host, '127.0.0.1')
  assert.equal(config.port, 8000)
  assert.ok(config.database.kind === 'sqlite')
  assert.match(config.database.file, /\/\.data\/parlance\.db$/)
  assert.deepEqual(config.dialects, DIALECT_NAMES)
  assert.deepEqual(config.rooms, { historyLimit: 1000, md5Passwords: true })
  assert.deepEqual(config.rawPorts, [{ dialect: 'rooms', port: 2004, host: '127.0.0.1' }])
  assert.equal(config.rateLimits, true)
  assert.equal(config.passwordPolicy, 'any')
  assert.equal(config.maxMessageBytes, 8192)
  assert.ok(Object.isFrozen(config))
})

test('reads every kind of value', () => {
  const config = readConfig({
    PORT: '9000',
    DATABASE_URL: 'file:/tmp/x/y.db',
    PARLANCE_DIALECTS: 'messenger, rooms',
    PARLANCE_PORTS: 'rooms:9001',
    ROOMS_TCP_PORT: '0',
    GROUPS_GUESTS: 'false',
    PASSWORD_POLICY: 'strict',
    CORS_ALLOW_ORIGIN: 'https://a.example, https://b.example/',
    PARLANCE_RATE_LIMITS: 'off',
    TRUSTED_PROXIES: '10.0.0.0/8,loopback',
  })
  assert.equal(config.port, 9000)
  assert.deepEqual(config.database, { kind: 'sqlite', file: '/tmp/x/y.db', directory: '/tmp/x' })
  assert.deepEqual(config.dialects, ['rooms', 'messenger'])
  assert.deepEqual(config.dedicatedPorts, [{ dialect: 'rooms', port: 9001 }])
  assert.deepEqual(config.rawPorts, [])
  assert.equal(config.groups.guestsAllowed, false)
  assert.deepEqual(config.chatapp.allowedOrigins, ['https://a.example', 'https://b.example'])
  assert.equal(config.rateLimits, false)
  assert.equal(config.passwordPolicy, 'strict')
})

test('an origin may be that of a page inside of an application, and is written as browsers send it', () => {
  const origins = (text: string) => readConfig({ CORS_ALLOW_ORIGIN: text }).chatapp.allowedOrigins
  const pages = [
    'capacitor://localhost',
    'tauri://localhost',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  ]
  assert.deepEqual(origins(pages.join(',')), pages)
  assert.deepEqual(origins('HTTPS://Chat.Example.org:443/,Ionic://localhost'), [
    'https://chat.example.org',
    'ionic://localhost',
  ])
})

test('the MD5 of a password is nothing without the rooms dialect, whatever else is set', () => {
  const settings = { PARLANCE_DIALECTS: 'messenger', ROOMS_PASSWORD_DIGESTS: 'true' }
  assert.equal(readConfig(settings).rooms.md5Passwords, false)
})

test('DBPATH is an alias for the file', () => {
  const { database } = readConfig({ DBPATH: '/tmp/z.db' })
  assert.deepEqual(database, { kind: 'sqlite', file: '/tmp/z.db', directory: '/tmp' })
})

test('DATABASE_URL may name a PostgreSQL database', () => {
  const url = 'postgres://chat:secret@db.example:5433/chat'
  assert.deepEqual(readConfig({ DATABASE_URL: url }).database, { kind: 'postgres', url })
})

/** Secrets that documents and demonstrations print. */
const PUBLISHED = [
  'this is a demo jwt secret',
  'This-is-a-demo_JWT secret!',
  'super-secret-key-change-me',
  'your_secret_key_here_change_in_production',
  'a-string-secret-at-least-256-bits-long',
  'something-super-secret',
  'supersecretkey',
  'test-secret-key',
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
]

test('takes secrets that were drawn, and phrases that somebody has thought of', () => {
  const drawn = Array.from({ length: 50 }, () => randomBytes(32))
  const secrets = drawn.flatMap((bytes) =>
    ['hex', 'base64', 'base64url'].map((form) => bytes.toString(form as 'hex')),
  )
  for (const secret of [...secrets, 'correct horse battery staple', 'our secret garden has 12 roses'])
    assert.equal(readConfig({ JWTSECRET: secret }).chatapp.jwtSecret, secret)
})

/** Settings → a word the one sentence must have, so that it says what to write instead. */
const HOSTED = { PUSHER_CLUSTER: 'eu', PUSHER_APP_ID: '1', PUSHER_KEY: 'key', PUSHER_SECRET: 'a'.repeat(20) }

const REFUSED: readonly (readonly [Record<string, string>, RegExp])[] = [
  [{ PORT: 'eighty' }, /PORT.*whole number from 0 to 65535/],
  [{ PORT: '70000' }, /PORT.*65535/],
  [{ PORT: '-1' }, /PORT/],
  [{ PARLANCE_PORT: '1' }, /PARLANCE_PORT is not a setting/],
  [{ ROOMS_TCPPORT: '1' }, /ROOMS_TCPPORT is not a setting; ROOMS_TCP_PORT is/],
  [{ ROOMS_TCP_PROT: '1' }, /ROOMS_TCP_PROT is not a setting; ROOMS_TCP_PORT is/],
  [{ ROOMS_TCP_HOTS: '::' }, /ROOMS_TCP_HOTS is not a setting; ROOMS_TCP_HOST is/],
  [{ ROOMS_HISTORY: '1' }, /ROOMS_HISTORY is not a setting; ROOMS_HISTORY_LIMIT is/],
  [{ CHATAPP_COOKIE_SAME_SITE: 'lax' }, /is not a setting; CHATAPP_COOKIE_SAMESITE is/],
  [{ GROUPS_GUEST: 'false' }, /GROUPS_GUEST is not a setting; GROUPS_GUESTS is/],
  [{ CHANNELS_TTL: '1' }, /CHANNELS_TTL is not a setting; CHANNELS_TOKEN_TTL is/],
  [{ PUSHER_APP_KEY: 'a' }, /PUSHER_APP_KEY is not a setting; PUSHER_KEY is/],
  [{ PUSHER_SECRTE: 'a' }, /PUSHER_SECRTE is not a setting; PUSHER_SECRET is/],
  [{ PARLANCE_TAG: '1.2' }, /PARLANCE_TAG is not a setting; the settings are HOST/],
  [{ PORT: 'tcp://10.0.0.1:8000' }, /PORT is "tcp:.*whole number/],
  [{ ROOMS_TCP_PORT: 'http://10.0.0.1:2004' }, /ROOMS_TCP_PORT/],
  [{ PARLANCE_DIALECTS: 'rooms,irc' }, /"irc".*chatapp/],
  [{ PARLANCE_PORTS: 'chatapp' }, /PARLANCE_PORTS.*chatapp:8001/],
  [{ PARLANCE_PORTS: 'irc:1' }, /PARLANCE_PORTS/],
  [{ PARLANCE_PORTS: 'chatapp:8001', PARLANCE_DIALECTS: 'rooms' }, /PARLANCE_DIALECTS leaves it out/],
  [{ PARLANCE_PORTS: 'chatapp:8001,chatapp:8002' }, /chatapp two ports/],
  [{ PARLANCE_PORTS: 'chatapp:8000' }, /both take port 8000/],
  [{ PARLANCE_PORTS: 'chatapp:2004' }, /both take port 2004/],
  [{ DATABASE_URL: 'file:a', DBPATH: 'b' }, /only one/],
  [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL must be/],
  [{ DATABASE_URL: 'file:' }, /DATABASE_URL must be/],
  [{ DATABASE_URL: 'file://' }, /DATABASE_URL must be/],
  [{ DATABASE_URL: 'postgres://' }, /names no server/],
  [{ DATABASE_URL: 'postgres+psycopg2://127.0.0.1/chat' }, /DATABASE_URL must be/],
  [{ DATABASE_URL: 'postgres://postgres@127.0.0.1:5432' }, /no database on it/],
  [{ DATABASE_URL: 'postgres://127.0.0.1/' }, /no database on it/],
  [
    { DATABASE_URL: 'postgres://127.0.0.1/chat?target_session_attrs=primary' },
    /target_session_attrs cannot be had/,
  ],
  [{ DATABASE_URL: 'postgres://127.0.0.1/chat', PGTARGETSESSIONATTRS: 'primary' }, /name the primary alone/],
  [{ DATABASE_URL: 'postgres://127.0.0.1/chat?sslmode=always' }, /sslmode is none of disable/],
  [{ DATABASE_URL: 'postgres://127.0.0.1/chat?ssl=maybe' }, /ssl is neither/],
  [{ DATABASE_URL: 'postgres://127.0.0.1/chat?channel_binding=require' }, /channel_binding cannot be had/],
  [{ DATABASE_URL: 'postgres://one:5432,two:5432/chat' }, /several servers/],
  [{ DATABASE_URL: 'postgres://127.0.0.1:70000/chat' }, /port is not from 1 to 65535/],
  [{ DATABASE_URL: 'postgres://127.0.0.1:0/chat' }, /port is not from 1 to 65535/],
  [{ DATABASE_URL: 'postgres://127.0.0.1:port/chat' }, /host or port cannot be read/],
  [{ DATABASE_URL: 'postgres://[::1/chat' }, /host or port cannot be read/],
  [{ DATABASE_URL: 'postgres://[cafe]/chat' }, /not an IPv6 address/],
  [{ DATABASE_URL: 'postgres://u:a/b@127.0.0.1/chat' }, /write % @ : \/ \? # as/],
  [{ DATABASE_URL: 'postgres://u:a#b@127.0.0.1/chat' }, /write % @ : \/ \? # as/],
  [{ DATABASE_URL: 'postgres://u:a?b@127.0.0.1/chat' }, /write % @ : \/ \? # as/],
  [{ DATABASE_URL: 'postgres://u@/chat' }, /names no server/],
  [{ DATABASE_URL: 'file:x.db?mode=ro' }, /\? or # after it/],
  [{ DATABASE_URL: 'file:x.db#y' }, /\? or # after it/],
  [{ DATABASE_URL: 'file::memory:' }, /nothing would outlive/],
  [{ DATABASE_URL: 'file:.data/' }, /names no file/],
  [{ DATABASE_URL: 'file:a%00b' }, /names no file/],
  [{ DATABASE_URL: 'file:~ann/x.db' }, /which only a shell reads/],
  [{ DBPATH: ':memory:' }, /DBPATH is :memory:/],
  [
    { DBPATH: 'postgres://u:p@h/d' },
    /^DBPATH is an address, and takes a path; write the address as DATABASE_URL\.$/,
  ],
  [{ DBPATH: 'file:a.db' }, /DBPATH is an address/],
  [{ DBPATH: 'sqlite:///a.db' }, /DBPATH is an address/],
  [{ DBPATH: '~' }, /DBPATH names no file/],
  [{ DATABASE_URL: 'file:~' }, /DATABASE_URL names no file/],
  [{ JWTSECRET: 'secret' }, /JWTSECRET.*leave it out/],
  [{ JWTSECRET: 'your_jwt_secret_key' }, /JWTSECRET/],
  [{ JWTSECRET: 'short' }, /32 random/],
  ...PUBLISHED.map((secret) => [{ JWTSECRET: secret }, /JWTSECRET is a well-known or short secret/] as const),
  [{ PUSHER_SECRET: '7ad3773142a6692b25b8' }, /PUSHER_SECRET is a well-known/],
  [{ CORS_ALLOW_ORIGIN: '*' }, /wildcard/],
  [{ CORS_ALLOW_ORIGIN: 'https://*.example.org' }, /wildcard/],
  [{ CORS_ALLOW_ORIGIN: 'capacitor://*' }, /wildcard/],
  ...[
    'null',
    'localhost:5173',
    'file://',
    'wss://a.example',
    'https://a.example/x',
    'tauri://localhost/x',
  ].map((origin) => [{ CORS_ALLOW_ORIGIN: origin }, /where an origin belongs/] as const),
  [{ CORS_ALLOW_ORIGIN: 'chat.example.org' }, /such as https:\/\/chat\.example\.org\.$/],
  [{ CHATAPP_COOKIE_SAMESITE: 'maybe' }, /lax, strict, none/],
  [{ GROUPS_GUESTS: 'perhaps' }, /true or false/],
  [{ ROOMS_PASSWORD_DIGESTS: 'perhaps' }, /true or false/],
  [{ MAX_MESSAGE_BYTES: '0' }, /MAX_MESSAGE_BYTES/],
  [{ PASSWORD_POLICY: 'weak' }, /PASSWORD_POLICY.*any, strict/],
  [{ REGISTRATION: 'ajar' }, /REGISTRATION.*open, closed/],
  [{ CHANNELS_TOKEN_TTL: '1.5' }, /CHANNELS_TOKEN_TTL/],
  [{ CHANNELS_PRESENCE: '*' }, /CHANNELS_PRESENCE has "\*".*presence-team-\*/],
  [{ CHANNELS_PRESENCE: 'presence-a,private-b' }, /"private-b".*such as presence-chitchat/],
  [{ CHANNELS_PRESENCE: 'presence-a,,presence-b' }, /CHANNELS_PRESENCE has ""/],
  [{ CHANNELS_PRESENCE: 'presence-chat_1_2' }, /channel of a chat/],
  [{ PUSHER_CLUSTER: 'eu' }, /PUSHER_APP_ID/],
  [{ PUSHER_KEY: 'a/b' }, /PUSHER_KEY/],
  [{ CHATAPP_END_WITH_TOKEN: 'perhaps' }, /true or false/],
  [
    {
      ...{ PUSHER_CLUSTER: 'eu', PUSHER_APP_ID: '1', PUSHER_KEY: 'k', PUSHER_SECRET: '0a9b8c7d6e5f4a3b2c1d' },
      CHANNELS_END_WITH_TOKEN: 'true',
    },
    /CHANNELS_END_WITH_TOKEN.*built-in Pusher server/,
  ],
  [{ PUSHER_SECRET: 'secret' }, /PUSHER_SECRET is a well-known or short secret/],
  [{ PUSHER_WEBHOOK_URL: 'ftp://x' }, /https/],
  [{ PUSHER_SUBSCRIPTION_COUNTS: 'some' }, /true or false/],
  [{ PUSHER_MAX_CONNECTIONS: '0' }, /from 1 to/],
  [{ ...HOSTED, PUSHER_MAX_CONNECTIONS: '5' }, /PUSHER_MAX_CONNECTIONS belongs to the built-in server/],
  [
    { ...HOSTED, PUSHER_WEBHOOK_URL: 'https://x.example' },
    /PUSHER_WEBHOOK_URL belongs to the built-in server/,
  ],
  [{ PUSHER_WEBHOOK_URL: 'http://127.0.0.1:0/' }, /https/],
  [{ PUSHER_WEBHOOK_URL: 'https://me:hidden@exa mple.org' }, /^PUSHER_WEBHOOK_URL(?!.*hidden)/],
  [{ PEER: 'true' }, /PEER=true.*PostgreSQL/],
  [{ REDIS_URL: 'redis://127.0.0.1' }, /REDIS_URL.*PostgreSQL/],
  [{ REDIS_URL: 'http://127.0.0.1', DATABASE_URL: 'postgres://127.0.0.1/chat' }, /REDIS_URL must be/],
  [
    { REDIS_URL: 'redis://127.0.0.1/chat', DATABASE_URL: 'postgres://127.0.0.1/chat' },
    /number of a database/,
  ],
  [{ REDIS_URL: 'redis://127.0.0.1/-1', DATABASE_URL: 'postgres://127.0.0.1/chat' }, /number of a database/],
  [{ REDIS_URL: 'redis:///0', DATABASE_URL: 'postgres://127.0.0.1/chat' }, /names no server/],
  [
    { REDIS_URL: 'redis://127.0.0.1/0?db=1', DATABASE_URL: 'postgres://127.0.0.1/chat' },
    /question mark is unknown/,
  ],
  [{ REDIS_URL: 'redis://127.0.0.1:99999', DATABASE_URL: 'postgres://127.0.0.1/chat' }, /port is not from 1/],
  [{ TRUSTED_PROXIES: 'everyone' }, /TRUSTED_PROXIES/],
  [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL/],
  [{ TLS_CERT: '/etc/parlance/fullchain.pem' }, /^TLS_CERT needs TLS_KEY beside it/],
  [{ TLS_KEY: '/etc/parlance/privkey.pem' }, /^TLS_KEY needs TLS_CERT beside it/],
  [{ TLS_CERT: 'https://a.example/cert.pem', TLS_KEY: 'key.pem' }, /TLS_CERT is "https:.*path of a file/],
  [{ TLS_CERT: 'cert.pem', TLS_KEY: 'keys/' }, /TLS_KEY is "keys\/".*path of a file/],
  [
    { TLS_DOMAIN: 'chat.example.org', TLS_CERT: '/etc/cert.pem', TLS_KEY: '/etc/key.pem' },
    /^TLS_DOMAIN and TLS_CERT both give the server a certificate; write only one/,
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
    /OTEL_EXPORTER_OTLP_ENDPOINT is "collector:4318"; write an/,
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    /OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; write http\/json/,
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_SAMPLER_ARG: '10 %' },
    /OTEL_TRACES_SAMPLER_ARG is "10 %"; write a part from 0 to 1/,
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_EXPORTER_OTLP_HEADERS: 'topsecret' },
    /^OTEL_EXPORTER_OTLP_HEADERS cannot be read; write name=value/,
  ],
  [{ TLS_DOMAIN: '*.example.org' }, /TLS_DOMAIN has "\*\.example\.org".*TLS_CERT/],
  [{ TLS_DOMAIN: 'https://chat.example.org' }, /TLS_DOMAIN has "https:.*name of a host/],
  [{ TLS_DOMAIN: 'chat.example.org,,' }, /TLS_DOMAIN has "" where the name of a host/],
  [{ TLS_DOMAIN: '192.0.2.1' }, /TLS_DOMAIN has "192\.0\.2\.1" where the name of a host/],
  [
    { TLS_DOMAIN: Array.from({ length: 101 }, (_, n) => `n${n}.example`).join() },
    /101 names, and a certificate takes 100/,
  ],
  [{ TLS_EMAIL: 'admin@example.org' }, /^TLS_EMAIL needs TLS_DOMAIN beside it/],
  [{ TLS_CHALLENGE_PORT: '8080' }, /^TLS_CHALLENGE_PORT needs TLS_DOMAIN beside it/],
  [{ TLS_DOMAIN: 'a.example', TLS_EMAIL: 'admin' }, /TLS_EMAIL is "admin"/],
  [{ TLS_DOMAIN: 'a.example', TLS_DIRECTORY: 'http://ca.example' }, /TLS_DIRECTORY is .*https address/],
  [{ TLS_DOMAIN: 'a.example', TLS_FOLDER: 'https://ca.example' }, /TLS_FOLDER is .*path of a folder/],
  [{ TLS_DOMAIN: 'a.example', PORT: '80' }, /PORT and TLS_CHALLENGE_PORT both take port 80/],
  [{ BACKUP_DIR: 'https://backup.example' }, /BACKUP_DIR is "https:.*path of a folder/],
  [{ BACKUP_DIR: '/srv/chat/copies', DBPATH: '/srv/chat/chat.db' }, /the data lies in \/srv\/chat: .*apart/],
  [{ BACKUP_DIR: '/srv', DBPATH: '/srv/chat/chat.db' }, /the data lies in \/srv\/chat: .*apart/],
  [
    { BACKUP_DIR: '/srv/files', FILES_DIR: '/srv/files', DBPATH: '/srv/chat/chat.db' },
    /lies in \/srv\/files/,
  ],
  [{ TLS_CERTS: 'cert.pem' }, /TLS_CERTS is not a setting; TLS_CERT is/],
]

test('the protocol that most collectors are spoken to by does not stop a start: they take JSON at the same place', () => {
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:4318'
  const { tracing } = readConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  })
  assert.equal(tracing?.endpoint, 'http://127.0.0.1:4318/v1/traces')
})

test('the names of a certificate are read as DNS has them, and it is kept beside the database', () => {
  const { tls } = readConfig({ TLS_DOMAIN: 'Chat.Example.org, bücher.example', DBPATH: '/data/chat.db' })
  assert.deepEqual(tls, {
    kind: 'acme',
    domains: ['chat.example.org', 'xn--bcher-kva.example'],
    email: undefined,
    directory: 'https://acme-v02.api.letsencrypt.org/directory',
    challengePort: 80,
    folder: '/data/certificates',
  })
})

for (const [settings, sentence] of REFUSED) {
  test(`refuses ${JSON.stringify(settings)} with one sentence`, () => {
    assert.throws(
      () => readConfig(settings),
      ({ name, message }: Error) => {
        assert.equal(name, 'SettingRefusal')
        assert.match(message, sentence)
        assert.match(message, /^[^\n]+\.$/)
        return true
      },
    )
  })
}

/** Variables that Kubernetes' service links and Docker's links set for a service of that name, as they write it. */
const linksOf = (name: string): Record<string, string> => ({
  [`${name}_SERVICE_HOST`]: '10.0.0.1',
  [`${name}_SERVICE_PORT`]: '8000',
  [`${name}_SERVICE_PORT_HTTP`]: '8000',
  [`${name}_SERVICE_PORT_RAW_TCP`]: '2004',
  [`${name}_PORT`]: 'tcp://10.0.0.1:8000',
  ...Object.fromEntries(
    ['8000_TCP', '2004_TCP', '53_UDP', '9_SCTP'].flatMap((port) => [
      [`${name}_PORT_${port}`, 'tcp://10.0.0.1:8000'],
      [`${name}_PORT_${port}_PROTO`, 'tcp'],
      [`${name}_PORT_${port}_PORT`, '8000'],
      [`${name}_PORT_${port}_ADDR`, '10.0.0.1'],
    ]),
  ),
  [`${name}_PORT_8000_TCP_START`]: 'tcp://10.0.0.1:8000',
  [`${name}_PORT_8000_TCP_PORT_END`]: '8010',
  [`${name}_NAME`]: '/one/parlance',
  [`${name}_ENV_NODE_VERSION`]: '26',
})

const SERVICES = [
  ...[
    'PARLANCE',
    'PARLANCE_DB',
    'PARLANCE_PORTS',
    'PARLANCE_ONE_1',
    'ROOMS',
    'ROOMS_TCP',
    'ROOMS_TCP_HOST',
    'CHATAPP',
  ],
  ...[
    'GROUPS_GUESTS',
    'CHANNELS',
    'MESSENGER',
    'MESSENGER_API',
    'PUSHER',
    'PUSHER_KEY',
    'REDIS',
    'DATABASE',
    'METRICS',
  ],
]

for (const service of SERVICES) {
  test(`the links to a service ${service} change nothing`, () => {
    assert.deepEqual(readConfig(linksOf(service)), readConfig({}))
    assert.deepEqual(unreadNames(linksOf(service)), [])
  })
}

test('a setting beside the links of a service counts', () => {
  const { rawPorts } = readConfig({ ...linksOf('ROOMS'), ROOMS_TCP_PORT: '2104' })
  assert.deepEqual(
    rawPorts.map(({ port }) => port),
    [2104],
  )
})

test("other programs' variables do not stop the start, and those that begin as ours do are named", () => {
  const others = { COMPOSE_PROJECT_NAME: 'parlance', DOCKER_HOST: 'tcp://10.0.0.1:2375', HOSTNAME: 'one' }
  const likeOurs = {
    PUSHER_SCHEME: 'https',
    ROOMS_DB_PASSWORD: 'a',
    MESSENGER_BOT_ID: '1',
    PUSHER_PORT: '443',
  }
  assert.deepEqual(readConfig({ ...others, ...likeOurs }), readConfig({}))
  assert.deepEqual(unreadNames({ ...others, ...likeOurs }), Object.keys(likeOurs))
})
