import { join } from 'node:path'
import type { FileId } from '../../core/types.ts'

const DIGEST = /^[0-9a-f]{64}$/
const UPLOAD = /^[A-Za-z0-9_-]{1,64}$/

/** Where each thing lies below the folder. Names are made of digests and ids alone, never of what a client has sent. */
export class Places {
  readonly contents: string
  readonly uploads: string
  /** Contents that are being made, and go to their own place by a link. */
  readonly making: string
  /** Contents that are being removed. */
  readonly aside: string

  constructor(folder: string) {
    this.contents = join(folder, 'contents')
    this.uploads = join(folder, 'uploads')
    this.making = join(folder, 'making')
    this.aside = join(folder, 'aside')
  }

  get all(): readonly string[] {
    return [this.contents, this.uploads, this.making, this.aside]
  }

  /** One of 256 folders: no single one grows without bound. */
  shelf(sha256: string): string {
    return join(this.contents, requireDigest(sha256).slice(0, 2))
  }

  content(sha256: string): string {
    return join(this.shelf(sha256), sha256)
  }

  upload(fileId: FileId): string {
    if (!UPLOAD.test(fileId)) throw new Error('no id of an upload')
    return join(this.uploads, fileId)
  }
}

export const isDigest = (text: string): boolean => DIGEST.test(text)

function requireDigest(text: string): string {
  if (!isDigest(text)) throw new Error('no digest of a content')
  return text
}
