import type { Client } from '@parlance/client'
import { sizeText } from '../../lib/size.ts'
import { t } from '../../text/index.ts'
import { type Parcel, parcelsOf, remove, retry } from '../../upload/tray.ts'
import { CloseIcon, FileIcon } from '../icons.tsx'

/** The files that go with the next message, and how far each has come. */
export function FileTray({ client, tray }: { client: Client; tray: string }) {
  const parcels = parcelsOf(tray).value
  if (parcels.length === 0) return null
  return (
    <ul class="tray" aria-label={t('files.tray')}>
      {parcels.map((parcel) => (
        <li key={parcel.key} data-state={parcel.state}>
          {parcel.preview === undefined ? <FileIcon /> : <img src={parcel.preview} alt="" />}
          <span class="tray-text">
            <span class="tray-name" dir="auto">
              {parcel.file.name}
            </span>
            <Standing parcel={parcel} onRetry={() => retry(client, tray, parcel)} />
          </span>
          <button
            type="button"
            class="icon-button"
            aria-label={t(parcel.state === 'done' ? 'files.remove' : 'files.cancel', {
              name: parcel.file.name,
            })}
            title={t(parcel.state === 'done' ? 'files.remove' : 'files.cancel', { name: parcel.file.name })}
            onClick={() => remove(tray, parcel)}
          >
            <CloseIcon />
          </button>
        </li>
      ))}
    </ul>
  )
}

function Standing({ parcel, onRetry }: { parcel: Parcel; onRetry: () => void }) {
  const { state, share, problem, file } = parcel
  if (state === 'failed')
    return (
      <span class="failure" role="alert">
        {problem}{' '}
        <button type="button" class="link" onClick={onRetry}>
          {t('files.retry')}
        </button>
      </span>
    )
  if (state === 'done') return <span class="quiet">{sizeText(file.size)}</span>
  return (
    <span class="tray-progress">
      <progress value={share} aria-label={t('files.progress', { name: file.name })} />
      <span class="quiet">{problem ?? sizeText(file.size)}</span>
    </span>
  )
}
