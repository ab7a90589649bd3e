import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../text/index.ts'

interface DropSurfaceProps {
  readonly title: string
  readonly onFiles: (files: readonly File[]) => void
}

/** Takes files that are dropped anywhere on the conversation that it stands in, and shows that while they are above it. */
export function DropSurface({ title, onFiles }: DropSurfaceProps) {
  const [isOver, setOver] = useState(false)
  const surface = useRef<HTMLParagraphElement>(null)
  const take = useRef(onFiles)
  take.current = onFiles
  useLayoutEffect(() => {
    const area = surface.current?.closest<HTMLElement>('.conversation')
    if (!area) return
    const ended = new AbortController()
    const { signal } = ended
    // Entering a child comes before leaving its parent.
    let depth = 0
    const listen = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', change: number) =>
      area.addEventListener(
        type,
        (event) => {
          if (!event.dataTransfer?.types.includes('Files')) return
          event.preventDefault()
          depth = type === 'drop' ? 0 : Math.max(0, depth + change)
          setOver(depth > 0)
          if (type === 'drop') take.current([...event.dataTransfer.files])
        },
        { signal },
      )
    listen('dragenter', 1)
    listen('dragover', 0)
    listen('dragleave', -1)
    listen('drop', 0)
    return () => ended.abort()
  }, [])
  return (
    <p ref={surface} class="drop-surface" hidden={!isOver} aria-hidden="true">
      <span dir="auto">{t('files.drop', { name: title })}</span>
    </p>
  )
}
