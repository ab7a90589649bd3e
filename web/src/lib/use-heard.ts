import type { Client, KnownEvent } from '@parlance/client'
import { isKnown } from '@parlance/client'
import { useEffect, useRef } from 'preact/hooks'

interface Heard {
  readonly conversation: string
  readonly types: readonly KnownEvent['type'][]
}

/** Calls back after each event of some types in one conversation, while the component is mounted. */
export function useHeard(client: Client, { conversation, types }: Heard, callback: () => void): void {
  const latest = useRef(callback)
  latest.current = callback
  useEffect(
    () =>
      client.on('event', (event) => {
        if (!isKnown(event) || !('change' in event) || event.conversation !== conversation) return
        if (types.includes(event.type)) latest.current()
      }),
    [client, conversation],
  )
}
