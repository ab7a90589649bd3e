import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { closePane } from '../../state/route.ts'
import { t } from '../../text/index.ts'
import { CloseIcon } from '../icons.tsx'

interface PaneProps {
  readonly title: string
  /** Below its body, and always in view. */
  readonly foot?: ComponentChildren
  readonly children: ComponentChildren
}

/** The column beside a conversation, which covers it on small screens. It takes the focus, and Escape closes it. */
export function Pane({ title, foot, children }: PaneProps) {
  const element = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    element.current?.focus({ preventScroll: true })
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <aside
      ref={element}
      class="pane"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.preventDefault()
        closePane()
      }}
    >
      <header class="bar">
        <h2 dir="auto">{title}</h2>
        <button type="button" class="icon-button" aria-label={t('dialog.close')} onClick={closePane}>
          <CloseIcon />
        </button>
      </header>
      <div class="pane-body">{children}</div>
      {foot}
    </aside>
  )
}
