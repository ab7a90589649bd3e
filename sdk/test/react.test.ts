import assert from 'node:assert/strict'
import { test } from 'node:test'
import { act, createElement } from 'react'
import { create } from 'react-test-renderer'
import { useConnection, useConversations, useListing, useOutbox, useTimeline } from '../src/react.ts'
import { newWorld } from './world.ts'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

test('a component shows what the store has, and renders again when that changes', async () => {
  const { server, conversation, clock, alice, bob, connect } = newWorld()
  conversation.send(bob.account.id, { clientId: '1', body: 'one' })
  const client = await connect(alice)
  const Talk = () => {
    const { items } = useTimeline(client, conversation.id)
    const texts = items.flatMap((item) => (item.kind === 'message' ? [item.message.body] : []))
    const unread = useListing(client, conversation.id)?.me.unread
    const facts = [useConnection(client).phase, useConversations(client).unread, useOutbox(client).length]
    return [...texts, unread, ...facts].join(' ')
  }
  let shown: ReturnType<typeof create> | undefined
  await act(() => {
    shown = create(createElement(Talk))
  })
  await act(() => clock.advance(100))
  assert.equal(shown?.toJSON(), 'one 1 live 1 0')
  conversation.send(bob.account.id, { clientId: '2', body: 'two' })
  await act(() => clock.advance(100))
  assert.equal(shown?.toJSON(), 'one two 2 live 2 0')
  await act(async () => server.network.goOffline())
  await act(async () => void client.conversation(conversation.id).send('three'))
  await act(() => clock.advance(10))
  assert.match(String(shown?.toJSON()), /one two 2 waiting 2 1/)
  await act(() => shown?.unmount())
  client.close()
})
