import type { Client, Message } from '@parlance/client'
import { listPins, unpinMessage } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../../lib/busy.ts'
import { nameOf } from '../../lib/names.ts'
import { briefTimeOf } from '../../lib/time.ts'
import { useHeard } from '../../lib/use-heard.ts'
import { Markdown } from '../../markdown/markdown.tsx'
import { attempt } from '../../state/notice.ts'
import { t } from '../../text/index.ts'
import { Avatar } from '../avatar.tsx'
import { CloseIcon } from '../icons.tsx'
import { Loading } from '../loading.tsx'
import { Pane } from './pane.tsx'

interface PinsPaneProps {
  readonly client: Client
  readonly id: string
  readonly mayPin: boolean
  readonly onJump: (seq: number) => void
}

/** The pinned messages of a conversation, the newest pin first. */
export function PinsPane({ client, id, mayPin, onJump }: PinsPaneProps) {
  const [pins, setPins] = useState<readonly Message[]>()
  const [next, setNext] = useState<string | null>(null)
  const { isBusy, failure, run } = useDeed()
  const load = (cursor?: string) =>
    run(async () => {
      const page = await client.rest.call(listPins, {
        params: { c: id },
        query: { ...(cursor && { cursor }) },
      })
      setPins((before) => (cursor ? [...(before ?? []), ...page.items] : page.items))
      setNext(page.next)
    })
  useEffect(() => {
    load()
  }, [id])
  const types = ['message.pinned', 'message.unpinned', 'message.edited', 'message.deleted'] as const
  useHeard(client, { conversation: id, types }, () => load())
  return (
    <Pane title={t('pins.title')}>
      <Loading isBusy={isBusy && pins === undefined} failure={failure} onRetry={() => load()} />
      {pins?.length === 0 && <p class="quiet">{t(mayPin ? 'pins.none' : 'pins.noneForYou')}</p>}
      <ul class="pins">
        {pins?.map((message) => (
          <li key={message.seq}>
            <header class="message-head">
              <Avatar id={message.sender.id} name={nameOf(message.sender)} />
              <b dir="auto">{nameOf(message.sender)}</b>
              <time dateTime={message.sentAt}>{briefTimeOf(message.sentAt)}</time>
              {mayPin && (
                <button
                  type="button"
                  class="icon-button"
                  aria-label={t('message.unpin')}
                  title={t('message.unpin')}
                  onClick={() =>
                    attempt(() => client.rest.call(unpinMessage, { params: { c: id, seq: message.seq } }))
                  }
                >
                  <CloseIcon />
                </button>
              )}
            </header>
            <div class="body" dir="auto">
              <Markdown text={message.body} format={message.format} />
            </div>
            <button type="button" class="link" onClick={() => onJump(message.seq)}>
              {t('pins.jump')}
            </button>
          </li>
        ))}
      </ul>
      {next !== null && (
        <button type="button" disabled={isBusy} onClick={() => load(next)}>
          {t('search.more')}
        </button>
      )}
    </Pane>
  )
}
