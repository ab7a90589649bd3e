import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Pane } from '../pane.ts'
import type { DialectName } from '../pane-client.ts'
import { changeTo, state } from '../playground.ts'
import { relays } from '../relay.ts'
import { CopyAs } from './copy-as.tsx'
import { FrameList } from './frame-list.tsx'

const TRANSPORTS: Readonly<Record<DialectName, string>> = {
  rooms: 'HTTP, Socket.IO, raw TCP (bridged)',
  chatapp: 'cookie, JSON over WebSocket',
  groups: 'socket.io-client',
  messenger: 'REST by fetch, polled',
  channels: 'REST and pusher-js',
  native: '@parlance/client',
}

export function PaneView({ pane, isOff }: { pane: Pane; isOff: boolean }) {
  const { name, isLive, failure } = pane
  const status = isOff ? 'off' : isLive.value ? 'live' : 'connecting'
  return (
    <section class="pane-box" id={name} aria-labelledby={`${name}-name`} data-dialect={name}>
      <header>
        <span class="lamp" data-lamp={name} data-is={status} />
        <div class="pane-title">
          <div class="pane-name">
            <h2 id={`${name}-name`}>{name}</h2>
            <Arrived name={name} />
          </div>
          <p class="quiet">{TRANSPORTS[name]}</p>
        </div>
        {!isOff && <Person pane={pane} />}
        <span class="hidden" role="status">
          {status}
        </span>
      </header>
      {isOff ? (
        <p class="off quiet">This server does not speak {name}: PARLANCE_DIALECTS leaves it out.</p>
      ) : (
        <>
          <Messages pane={pane} />
          <Composer pane={pane} />
          <p class="failure" role="alert">
            {failure.value}
          </p>
          <div class="wire">
            <div class="wire-head">
              <h3>On the wire</h3>
              <CopyAs pane={pane} />
            </div>
            <FrameList name={name} log={pane.log} />
          </div>
        </>
      )}
    </section>
  )
}

/** How long the newest message took to get here, and as which of all. */
function Arrived({ name }: { name: DialectName }) {
  const newest = relays.value.at(-1)
  const at = newest?.arrivals.findIndex(({ pane }) => pane === name) ?? -1
  const arrival = newest?.arrivals[at]
  if (!newest || !arrival) return null
  return (
    <p class="arrived" key={newest.id}>
      <span class="rank">{newest.from === name ? 'said' : `${at + 1}.`}</span> {arrival.ms} ms
    </p>
  )
}

function Person({ pane }: { pane: Pane }) {
  const current = state.value
  const people = current.is === 'on' ? current.people : undefined
  return (
    <fieldset class="person-choice">
      <legend class="hidden">Person of {pane.name}</legend>
      {([0, 1] as const).map((who) => (
        <label key={who}>
          <input
            type="radio"
            name={`person-${pane.name}`}
            checked={pane.who.value === who}
            disabled={!people}
            onChange={() => changeTo(pane, who)}
          />
          {people?.[who].name ?? '…'}
        </label>
      ))}
    </fieldset>
  )
}

function Messages({ pane }: { pane: Pane }) {
  const said = pane.said.value
  const list = useRef<HTMLOListElement>(null)
  useLayoutEffect(() => {
    list.current?.scrollTo(0, list.current.scrollHeight)
  }, [said])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reached by keys
    <ol class="said" ref={list} tabIndex={0} aria-label={`Messages in ${pane.name}`}>
      {said.length === 0 && <li class="quiet">Nothing was said yet.</li>}
      {said.map(({ id, text, sender, words, isOwn }) => (
        <li key={id} data-id={id}>
          <p dir="auto">
            <b data-own={isOwn ? '' : undefined}>{sender}</b> {text}
          </p>
          <p class="words">{words}</p>
        </li>
      ))}
    </ol>
  )
}

function Composer({ pane }: { pane: Pane }) {
  const [text, setText] = useState('')
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (text.trim() === '') return
    setText('')
    // A refused text comes back, unless something else is being written already.
    if (!(await pane.say(text))) setText((current) => current || text)
  }
  return (
    <form class="composer-row" onSubmit={submit}>
      <input
        aria-label={`Say in ${pane.name}`}
        placeholder={`Say it in ${pane.name}`}
        value={text}
        maxLength={2_000}
        autocomplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit">Say</button>
    </form>
  )
}
