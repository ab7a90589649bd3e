import type { Client } from '@parlance/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { nameOf } from '../lib/names.ts'
import { oneLine } from '../markdown/markdown.tsx'
import { count } from '../text/index.ts'

/** Milliseconds between two announcements: a screen reader must be able to say one before the next. */
const EVERY_MS = 1_500
/** Messages that are read out one by one; of more only their number is told. */
const MOST = 3

interface AnnouncerProps {
  readonly client: Client
  /** The conversation that is open. */
  readonly id: string
  readonly me: string
}

/**
 * The one place that tells a screen reader of new messages, "name: text", each once. Messages caught up after an outage are
 * history, and not told.
 */
export function Announcer({ client, id, me }: AnnouncerProps) {
  const [text, setText] = useState('')
  const waiting = useRef<string[]>([])
  const number = useRef(0)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      timer = undefined
      if (number.current === 0) return
      const told =
        number.current > MOST
          ? count(number.current, {
              one: 'conversation.latestNew.one',
              other: 'conversation.latestNew.other',
            })
          : waiting.current.join('\n')
      // The same once more would be no change, and not be said.
      setText((before) => (before === told ? `${told}\u00a0` : told))
      waiting.current = []
      number.current = 0
      timer = setTimeout(flush, EVERY_MS)
    }
    const stop = client.on('message.sent', ({ conversation, data: { message } }) => {
      if (conversation !== id || message.sender.id === me) return
      if (client.connection.get().phase !== 'live') return
      number.current += 1
      if (waiting.current.length < MOST)
        waiting.current.push(`${nameOf(message.sender)}: ${oneLine(message.body)}`)
      timer ??= setTimeout(flush, 0)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [client, id, me])
  return (
    <p class="hidden announcer" aria-live="polite">
      {text}
    </p>
  )
}
