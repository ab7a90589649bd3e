import type { Client } from 'acme-client'
import type { Pair } from './certificate.ts'

export interface Order {
  /** Address of the authority's ACME directory. */
  readonly directory: string
  readonly accountKey: string
  /** The address that the authority may write to. */
  readonly email: string | undefined
  /** Names that the certificate is for. */
  readonly domains: readonly string[]
  /**
   * The text that proves a name, by the last part of the address at which the authority looks for it. The order adds
   * and removes entries, one a name.
   */
  readonly proofs: Map<string, string>
}

/** Milliseconds for one answer of the authority. */
const ANSWER_MS = 30_000
/** The authority is asked again at these distances, in milliseconds, whether it has made up its mind: 85 s in all. */
const ASKED_AGAIN = { backoffMin: 250, backoffMax: 5_000, backoffAttempts: 20 } as const

/**
 * A new key, and a certificate for it by ACME (RFC 8555) with a proof over http. Agrees to the authority's terms.
 * Rejects with a reason in the authority's words, or with the network's error.
 */
export async function orderCertificate(order: Order): Promise<Pair> {
  const { Client, crypto } = await library()
  const { directory, accountKey, email, domains, proofs } = order
  const ownKey = await crypto.createPrivateEcdsaKey('P-256')
  const [key, csr] = await crypto.createCsr({ altNames: [...domains] }, ownKey)
  const client = new Client({ directoryUrl: directory, accountKey, ...ASKED_AGAIN })
  if (email === undefined) await findAccount(client)
  const cert = await client.auto({
    csr,
    ...(email !== undefined && { email }),
    termsOfServiceAgreed: true,
    challengePriority: ['http-01'],
    // Many networks do not let a machine reach itself by the name that others use.
    skipChallengeVerification: true,
    challengeCreateFn: async (_authorization, { token }, proof) => {
      proofs.set(token, proof)
    },
    challengeRemoveFn: async (_authorization, { token }) => {
      proofs.delete(token)
    },
  })
  return { cert, key: key.toString() }
}

/**
 * Has the client know its account, if there is one: it would register again, and then change the account by nothing, which
 * authorities refuse (5.4.0).
 */
async function findAccount(client: Client): Promise<void> {
  try {
    await client.createAccount({ onlyReturnExisting: true })
  } catch {
    // There is none, or the authority is away: the order registers one, or says so.
  }
}

/** Loaded at the first order: most servers never have one. */
async function library() {
  const acme = await import('acme-client')
  const { defaults, interceptors } = acme.axios
  defaults.timeout = ANSWER_MS
  // They try again in silence, and then no longer know why there was no answer (5.4.0). We try again ourselves, and say why.
  interceptors.request.clear()
  interceptors.response.clear()
  return acme
}
