import type { Client } from '@parlance/client'
import type { Uploading, UploadProgress } from '@parlance/client/upload'
import { type Signal, signal } from '@preact/signals'
import { sentenceOf } from '../lib/sentence.ts'
import { sizeText } from '../lib/size.ts'
import { server } from '../state/session.ts'
import { count, t } from '../text/index.ts'

/** A file that is to be sent with the next message of a composer. */
export interface Parcel {
  readonly key: string
  readonly file: File
  /** An address of the picture itself, for pictures. */
  readonly preview: string | undefined
  readonly state: UploadProgress['state']
  /** From 0 to 1. */
  readonly share: number
  /** A sentence, where it failed or waits. */
  readonly problem: string | undefined
}

interface Tray {
  readonly parcels: Signal<readonly Parcel[]>
  readonly uploads: Map<string, Uploading>
}

/** By the key of a composer, which is that of its draft: a reader who looks elsewhere meanwhile finds the files again. */
const trays = new Map<string, Tray>()

function trayOf(composer: string): Tray {
  const found = trays.get(composer) ?? { parcels: signal([]), uploads: new Map() }
  trays.set(composer, found)
  return found
}

/** The files of a composer's next message. */
export const parcelsOf = (composer: string): Signal<readonly Parcel[]> => trayOf(composer).parcels

/** Begins to upload files. Answers with a sentence about those that cannot be sent. */
export function addFiles(client: Client, composer: string, files: readonly File[]): string | undefined {
  const { parcels } = trayOf(composer)
  const most = server.value?.limits.maxAttachments ?? Number.POSITIVE_INFINITY
  const mostBytes = server.value?.limits.maxFileBytes ?? Number.POSITIVE_INFINITY
  const tooLarge = files.find(({ size }) => size > mostBytes)
  const fitting = files.filter(({ size }) => size <= mostBytes)
  const taken = fitting.slice(0, Math.max(0, most - parcels.value.length))
  for (const file of taken) begin(client, composer, file)
  if (tooLarge)
    return t('files.tooLarge', {
      name: tooLarge.name,
      size: sizeText(tooLarge.size),
      most: sizeText(mostBytes),
    })
  return taken.length < fitting.length
    ? count(most, { one: 'files.tooMany.one', other: 'files.tooMany.other' })
    : undefined
}

/** Files that this page has begun to upload. */
let begun = 0

function begin(client: Client, composer: string, file: File): void {
  const { parcels } = trayOf(composer)
  const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : undefined
  const key = `${++begun}`
  const parcel: Parcel = { key, file, preview, state: 'sending', share: 0, problem: undefined }
  parcels.value = [...parcels.value, parcel]
  void start(client, composer, parcel)
}

async function start(client: Client, composer: string, { key, file }: Parcel): Promise<void> {
  const tray = trayOf(composer)
  // Loaded with the first file.
  const part = await import('@parlance/client/upload').catch(() => undefined)
  if (!tray.parcels.value.some((one) => one.key === key)) return
  if (!part) {
    change(tray, key, { state: 'failed', problem: t('error.disconnected') })
    return
  }
  const uploading = part.upload(client, file)
  tray.uploads.set(key, uploading)
  const look = () => {
    const { state, sent, size, failure } = uploading.progress.get()
    const problem =
      state === 'waiting' ? t('files.waiting') : state === 'failed' ? sentenceOf(failure) : undefined
    change(tray, key, { state, share: size === 0 ? 1 : sent / size, problem })
  }
  uploading.progress.subscribe(look)
  look()
}

function change({ parcels }: Tray, key: string, to: Partial<Parcel>): void {
  parcels.value = parcels.value.map((parcel) => (parcel.key === key ? { ...parcel, ...to } : parcel))
}

/** Tries again what failed. */
export function retry(client: Client, composer: string, parcel: Parcel): void {
  const tray = trayOf(composer)
  const uploading = tray.uploads.get(parcel.key)
  change(tray, parcel.key, { state: 'sending', problem: undefined })
  if (uploading) uploading.resume()
  else void start(client, composer, parcel)
}

/** Takes a file off, and what has come of it off the server. */
export function remove(composer: string, { key, preview }: Parcel): void {
  const tray = trayOf(composer)
  tray.uploads.get(key)?.cancel()
  tray.uploads.delete(key)
  if (preview !== undefined) URL.revokeObjectURL(preview)
  tray.parcels.value = tray.parcels.value.filter((one) => one.key !== key)
}

export const isComplete = (parcels: readonly Parcel[]): boolean =>
  parcels.every(({ state }) => state === 'done')

/** The ids of the files, which are all complete: they leave the tray with their message. */
export function take(composer: string): string[] {
  const { parcels, uploads } = trayOf(composer)
  const ids = parcels.value.flatMap(({ key }) => uploads.get(key)?.id ?? [])
  for (const { preview } of parcels.value) if (preview !== undefined) URL.revokeObjectURL(preview)
  uploads.clear()
  parcels.value = []
  return ids
}

/** Ends all: for whoever signs out of this browser. */
export function emptyTrays(): void {
  for (const [key, { parcels }] of trays) for (const parcel of parcels.value) remove(key, parcel)
}
