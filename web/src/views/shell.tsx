import type { Client, OwnAccount } from '@parlance/client'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useShortcuts } from '../keys/use-shortcuts.ts'
import { useDeed } from '../lib/busy.ts'
import { useObservable } from '../lib/use-observable.ts'
import { showUnread } from '../notify/badge.ts'
import { tellOfMessages } from '../notify/notices.ts'
import { isNarrow } from '../state/narrow.ts'
import { forgetNotice } from '../state/notice.ts'
import { overlay } from '../state/overlay.ts'
import { askForPlayground, isPlaygroundOpen } from '../state/playground.ts'
import { go, pathTo, route } from '../state/route.ts'
import { useWatched } from '../state/watched.ts'
import { t } from '../text/index.ts'
import { AdminPage } from './admin-page.tsx'
import { ConnectionBar } from './connection-bar.tsx'
import { Conversation } from './conversation.tsx'
import { ConversationList } from './conversation-list.tsx'
import { EmojiPickerSlot } from './emoji-picker-slot.tsx'
import { ImageViewerSlot } from './image-viewer-slot.tsx'
import { NewConversation } from './new-conversation.tsx'
import { NoticeBar } from './notice.tsx'
import { SearchResults } from './search-results.tsx'
import { Settings } from './settings/settings.tsx'
import { ShortcutList } from './shortcut-list.tsx'
import { Switcher } from './switcher.tsx'

/** The whole client of somebody who is signed in: the list of conversations, and what is open beside it. */
export function Shell({ client, account }: { client: Client; account: OwnAccount }) {
  const here = route.value
  useShortcuts(client)
  useWatched(client, here.at === 'conversation' ? here.id : undefined)
  const conversations = useObservable(client.conversations)
  const { items } = conversations
  useEffect(() => showUnread(conversations), [conversations])
  useEffect(forgetNotice, [here.at, here.at === 'conversation' && here.id])
  useEffect(() => tellOfMessages(client, account.id), [client, account.id])
  const list = (
    <ConversationList
      client={client}
      me={account.id}
      current={here.at === 'conversation' ? here.id : undefined}
    />
  )
  const isAlone = isNarrow.value && here.at === 'list'
  return (
    <div class="shell" data-at={here.at}>
      <ConnectionBar client={client} />
      {isAlone && <ListPage isEmpty={items.length === 0}>{list}</ListPage>}
      {!isNarrow.value && list}
      {here.at === 'conversation' && (
        <Conversation
          key={`${here.id}/${here.seq ?? ''}`}
          client={client}
          account={account}
          id={here.id}
          target={here.seq}
          pane={here.pane}
        />
      )}
      {here.at === 'search' && <SearchResults key={here.text} client={client} text={here.text} />}
      {here.at === 'new' && (
        <NewConversation key={here.kind} client={client} me={account.id} kind={here.kind} />
      )}
      {here.at === 'settings' && <Settings client={client} account={account} />}
      {here.at === 'admin' && <AdminPage client={client} account={account} shown={here.account} />}
      {here.at === 'join' && <Join client={client} code={here.code} />}
      {here.at === 'list' && !isNarrow.value && <Welcome isEmpty={items.length === 0} />}
      <EmojiPickerSlot />
      <ImageViewerSlot />
      <NoticeBar />
      {overlay.value === 'switcher' && <Switcher client={client} me={account.id} />}
      {overlay.value === 'keys' && <ShortcutList />}
    </div>
  )
}

/** The list as a page of its own. */
const ListPage = ({ isEmpty, children }: { isEmpty: boolean; children: ComponentChildren }) => (
  <main class="list-page">
    <h1 class="hidden">{t('list.label')}</h1>
    {children}
    {isEmpty && <Beginning isEmpty />}
  </main>
)

function Welcome({ isEmpty }: { isEmpty: boolean }) {
  return (
    <main class="welcome">
      <Beginning isEmpty={isEmpty} />
    </main>
  )
}

/** Ways to begin, for somebody who reads no conversation. */
function Beginning({ isEmpty }: { isEmpty: boolean }) {
  const Title = isNarrow.value ? 'h2' : 'h1'
  useEffect(() => {
    askForPlayground()
  }, [])
  return (
    <div class="empty-state">
      <img src="/favicon.svg" width="56" height="56" alt="" />
      <Title>{t('list.empty.title')}</Title>
      {isEmpty && <p class="quiet">{t('list.empty.text')}</p>}
      <a class="button primary" href={pathTo({ at: 'new' })}>
        {t('list.empty.findPeople')}
      </a>
      <a class="button" href={pathTo({ at: 'new', kind: 'group' })}>
        {t('list.empty.makeGroup')}
      </a>
      {isPlaygroundOpen.value && (
        <a class="button" href="/playground">
          {t('list.empty.openPlayground')}
        </a>
      )}
      <a class="link" href="/docs">
        {t('list.empty.openDocs')}
      </a>
    </div>
  )
}

/** Follows an invite's link. */
function Join({ client, code }: { client: Client; code: string }) {
  const { failure, run } = useDeed()
  useEffect(() => {
    run(async () => {
      const { id } = await client.join(code)
      go({ at: 'conversation', id }, { replace: true })
    })
  }, [code])
  return (
    <main class="welcome">
      <div class="empty-state">
        <p role="status">{failure === undefined ? t('invite.joining') : ''}</p>
        {failure !== undefined && (
          <p class="failure" role="alert">
            {t('invite.refused')}
          </p>
        )}
        <a class="button" href={pathTo({ at: 'list' })}>
          {t('conversation.back')}
        </a>
      </div>
    </main>
  )
}
