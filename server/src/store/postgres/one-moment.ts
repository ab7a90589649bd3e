import { shownPostgres } from '../../lib/postgres-address.ts'
import { openForMoving } from './database.ts'
import type { DedicatedConnection } from './driver/index.ts'
import { refusalOf } from './refusals.ts'

/** A database as of one moment, while others go on using it. */
export interface OneMoment {
  readonly connection: DedicatedConnection
  /** Its address, for a sentence. */
  readonly database: string
}

// No timeout: the reader of the rows may take long between two of them.
const BEGIN = `
  SET idle_in_transaction_session_timeout = 0;
  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`

/** Opens it after the settings, and closes it again if the check refuses it. Throws `StoreRefusal`. */
export async function openOneMoment(
  url: string,
  { settings = '', check }: { settings?: string; check?: (moment: OneMoment) => Promise<void> },
): Promise<OneMoment> {
  const database = shownPostgres(url)
  try {
    await using opened = new AsyncDisposableStack()
    const connection = await openForMoving(url)
    opened.defer(() => connection.close())
    await connection.query(`${settings}${BEGIN}`)
    const moment = { connection, database }
    await check?.(moment)
    opened.move()
    return moment
  } catch (error) {
    throw refusalOf(error, database)
  }
}
