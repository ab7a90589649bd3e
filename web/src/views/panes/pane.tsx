import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { isOwnEscape } from '../../lib/escape.ts'
import { isPaneAbove } from '../../state/narrow.ts'
import { closePane } from '../../state/route.ts'
import { t } from '../../text/index.ts'
import { CloseIcon } from '../icons.tsx'

interface PaneProps {
  readonly title: string
  /** Below its body, and always in view. */
  readonly foot?: ComponentChildren
  readonly children: ComponentChildren
}

/** The heading of a part of a pane: one step below the pane's own. */
export function PaneHeading({ dir, children }: { dir?: 'auto'; children: ComponentChildren }) {
  const Heading = isPaneAbove.value ? 'h2' : 'h3'
  return (
    <Heading class="pane-heading" dir={dir}>
      {children}
    </Heading>
  )
}

/**
 * The column beside a conversation; on small screens it covers that, and is the page's main part. It takes the focus, and
 * Escape closes it.
 */
export function Pane({ title, foot, children }: PaneProps) {
  const element = useRef<HTMLElement>(null)
  const [Part, Title] = isPaneAbove.value ? (['main', 'h1'] as const) : (['aside', 'h2'] as const)
  useEffect(() => {
    const before = document.activeElement
    element.current?.focus({ preventScroll: true })
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <Part
      ref={element}
      class="pane"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (!isOwnEscape(event)) return
        event.preventDefault()
        closePane()
      }}
    >
      <header class="bar">
        <Title dir="auto">{title}</Title>
        <button type="button" class="icon-button" aria-label={t('dialog.close')} onClick={closePane}>
          <CloseIcon />
        </button>
      </header>
      <div class="pane-body">{children}</div>
      {foot}
    </Part>
  )
}
