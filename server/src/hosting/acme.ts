import { AcmeCertificate, type CertificateSource } from '../certificates/index.ts'
import type { AcmeSettings, Config } from '../config/index.ts'
import type { Logger } from '../observe/index.ts'
import type { Limits } from '../transport/index.ts'
import { openChallengeListener } from './challenge-listener.ts'

interface AcmeParts {
  readonly limits: Pick<Limits, 'strangers'>
  readonly log: Logger
  readonly nowMs: () => number
}

interface Acme {
  readonly source: CertificateSource
  close(): Promise<void>
}

/** A certificate that the server gets by itself, with the port at which the authority looks. Throws `SettingRefusal`. */
export async function openAcme(config: Config, settings: AcmeSettings, parts: AcmeParts): Promise<Acme> {
  const { limits, log, nowMs } = parts
  const proofs = new Map<string, string>()
  let source: AcmeCertificate | undefined
  // Before the first order, which ends here.
  const listener = await openChallengeListener({
    place: {
      host: config.host,
      port: settings.challengePort,
      settings: { port: 'TLS_CHALLENGE_PORT', host: 'HOST' },
    },
    limits,
    proofs,
    hasCertificate: () => source?.current !== undefined,
    secureAddressOf: secureAddresses(config, settings),
  })
  try {
    const { domains, directory, email, folder } = settings
    const opened = new AcmeCertificate({
      ...{ domains, directory, email, folder, proofs, nowMs },
      onOrder: (sentence) => log.info(sentence),
      onFailed: (sentence) => log.error(sentence),
    })
    source = opened
    return {
      source: opened,
      close: async () => {
        opened.close()
        await listener.close()
      },
    }
  } catch (error) {
    await listener.close()
    throw error
  }
}

/** Addresses of our own names only: a request must not have us send a browser anywhere else. */
function secureAddresses({ native, port }: Config, { domains }: AcmeSettings) {
  const seen = native.publicUrl?.protocol === 'https:' ? native.publicUrl.port : String(port)
  const suffix = seen === '' || seen === '443' ? '' : `:${seen}`
  return (host = '', path: string): string => {
    const asked = host.replace(/:\d*$/, '').toLowerCase()
    const name = domains.find((domain) => domain === asked) ?? domains[0]
    return `https://${name}${suffix}${path.startsWith('/') ? path : '/'}`
  }
}
