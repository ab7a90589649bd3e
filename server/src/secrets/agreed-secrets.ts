import { SettingRefusal } from '../lib/settings.ts'
import { newSecrets, parseSecrets, type Secrets } from './secrets.ts'

/** The name under which the nodes of a database agree on them. */
export const SECRETS = 'secrets'
/**
 * The secrets of all nodes that share a database. `agreeOn` keeps the value that is proposed first, and
 * answers with the one that is kept.
 */
export async function agreeOnSecrets(
  agreeOn: (name: string, proposal: string) => Promise<string>,
): Promise<Secrets> {
  return agreedSecrets(await agreeOn(SECRETS, JSON.stringify(newSecrets())))
}

/** From the text that the nodes have agreed on; undefined where none has started yet. */
export function agreedSecrets(text = 'null'): Secrets {
  const secrets = parseSecrets(JSON.parse(text))
  if (secrets) return secrets
  throw new SettingRefusal(
    "The secrets in the database cannot be read; restore the row 'secrets' of its table settings, or delete it to have new ones made, which ends all log-ins.",
  )
}
