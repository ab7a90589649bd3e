import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../text/index.ts'
import { addressOf, viewed } from '../upload/pictures.ts'
import { BackIcon, CloseIcon, DownloadIcon, ForwardIcon, ZoomIcon } from './icons.tsx'

/** One picture on the whole screen. Arrows lead to the others, Escape closes it. */
export function ImageViewer() {
  const dialog = useRef<HTMLDialogElement>(null)
  const [isWhole, setWhole] = useState(true)
  useLayoutEffect(() => dialog.current?.showModal(), [])
  const { pictures = [], at = 0 } = viewed.value ?? {}
  const picture = pictures[at]
  if (!picture) return null
  const close = () => {
    viewed.value = undefined
  }
  const step = (by: number) => {
    const next = at + by
    if (!pictures[next]) return
    setWhole(true)
    viewed.value = { pictures, at: next }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft' && isWhole) step(-1)
    else if (event.key === 'ArrowRight' && isWhole) step(1)
    else if (event.key === 'z') setWhole(!isWhole)
  }
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={t('viewer.label', { name: picture.name, at: at + 1, n: pictures.length })}
      onClose={close}
      onKeyDown={onKeyDown}
    >
      <header class="viewer-bar">
        <p class="viewer-name" dir="auto" aria-live="polite">
          {picture.name}
          {pictures.length > 1 && (
            <span class="quiet">{t('viewer.place', { at: at + 1, n: pictures.length })}</span>
          )}
        </p>
        <button
          type="button"
          class="icon-button"
          aria-pressed={!isWhole}
          aria-label={t('viewer.zoom')}
          title={t('viewer.zoom')}
          onClick={() => setWhole(!isWhole)}
        >
          <ZoomIcon />
        </button>
        <a
          class="icon-button"
          href={addressOf(picture)}
          download={picture.name}
          aria-label={t('viewer.download')}
          title={t('viewer.download')}
        >
          <DownloadIcon />
        </a>
        <button
          type="button"
          class="icon-button"
          aria-label={t('dialog.close')}
          onClick={() => dialog.current?.close()}
        >
          <CloseIcon />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a large picture scrolls, also by keys */}
      <div class="viewer-stage" data-whole={isWhole ? '' : undefined} tabIndex={0}>
        <img
          key={picture.id}
          src={addressOf(picture)}
          alt={picture.name}
          width={picture.width ?? undefined}
          height={picture.height ?? undefined}
        />
      </div>
      {pictures.length > 1 && (
        <>
          <button
            type="button"
            class="icon-button viewer-step"
            disabled={at === 0}
            aria-label={t('viewer.previous')}
            onClick={() => step(-1)}
          >
            <BackIcon />
          </button>
          <button
            type="button"
            class="icon-button viewer-step"
            data-next
            disabled={at === pictures.length - 1}
            aria-label={t('viewer.next')}
            onClick={() => step(1)}
          >
            <ForwardIcon />
          </button>
        </>
      )}
    </dialog>
  )
}
