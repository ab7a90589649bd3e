import type { Client, Operations } from '@parlance/client'
import { deleteConversation, listAdministeredConversations } from '@parlance/client/operations'
import { useState } from 'preact/hooks'
import { briefTimeOf } from '../lib/time.ts'
import { count, t } from '../text/index.ts'
import { Question } from '../views/dialog.tsx'
import { ListSection } from './list-section.tsx'
import { useList } from './use-list.ts'

type Conversation = Operations['listAdministeredConversations']['answer']['items'][number]

const nameOf = ({ name, id }: Conversation): string => name ?? t('admin.unnamed', { id })

/** All conversations, without what is said there. */
export function Conversations({ client, onActed }: { client: Client; onActed: () => void }) {
  const list = useList<Conversation>((query) => client.rest.call(listAdministeredConversations, { query }))
  const [doomed, setDoomed] = useState<Conversation>()
  const remove = (id: string) =>
    list.run(async () => {
      await client.rest.call(deleteConversation, { params: { id } })
      list.drop((one) => one.id === id)
      onActed()
    })
  return (
    <>
      <ListSection title={t('admin.conversations')} list={list} search={t('admin.searchConversations')}>
        {list.page?.items.map((conversation) => {
          const { id, kind, members, messages, activityAt } = conversation
          const facts = [
            t(`admin.kind.${kind}`),
            count(members, { one: 'admin.members.one', other: 'admin.members.other' }),
            count(messages, { one: 'admin.messages.one', other: 'admin.messages.other' }),
            briefTimeOf(activityAt),
          ]
          return (
            <li key={id} class="admin-row">
              <span class="person-text">
                <span dir="auto">{nameOf(conversation)}</span>
                <span class="quiet">{facts.join(' · ')}</span>
              </span>
              {kind !== 'private' && (
                <button
                  type="button"
                  class="danger"
                  disabled={list.isBusy}
                  aria-label={t('admin.deleteNamed', { name: nameOf(conversation) })}
                  onClick={() => setDoomed(conversation)}
                >
                  {t('admin.delete')}
                </button>
              )}
            </li>
          )
        })}
      </ListSection>
      {doomed && (
        <Question
          question={t('admin.deleteConversation', { name: nameOf(doomed) })}
          answer={t('admin.delete')}
          onAnswer={() => remove(doomed.id)}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  )
}
