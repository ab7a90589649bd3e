import { Worker } from 'node:worker_threads'

/** bcrypt's own alphabet of base64, and the one of everybody else. */
const ITS_ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const USUAL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const HASH_CHARACTERS = 31

/** The 23 bytes that stand at the end of a bcrypt text, in its own notation. */
export function bcryptBytes(text: string): Buffer {
  const usual = [...text].map((letter) => USUAL_ALPHABET[ITS_ALPHABET.indexOf(letter)])
  return Buffer.from(usual.join(''), 'base64')
}

/** Hashes as bcrypt does, which takes the first 72 bytes; in a thread of its own, since it is JavaScript that computes for long. */
export async function bcryptOf(
  password: string,
  { cost, salt }: { readonly cost: number; readonly salt: string },
): Promise<Buffer> {
  const settings = `$2b$${String(cost).padStart(2, '0')}$${salt}`
  const worker = new Worker(new URL('./bcrypt-thread.js', import.meta.url), {
    workerData: { password, settings },
  })
  const text = await new Promise<string>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the thread of bcrypt ended with ${code}`)))
  })
  return bcryptBytes(text.slice(-HASH_CHARACTERS))
}
