import { useRef, useState } from 'preact/hooks'
import type { Pane } from '../pane.ts'
import { state } from '../playground.ts'
import { CODE, CURL, type SnippetParts } from '../snippets.ts'

/** Shows what the pane does as commands and as a program, ready to be copied; both work as they stand. */
export function CopyAs({ pane }: { pane: Pane }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [parts, setParts] = useState<SnippetParts>()
  const open = () => {
    setParts(partsOf(pane))
    dialog.current?.showModal()
  }
  const curl = CURL[pane.name]
  return (
    <>
      <button type="button" class="copy-as" onClick={open}>
        Copy <span class="hidden">{pane.name} </span>
        {curl ? 'as curl or code' : 'as code'}
      </button>
      <dialog class="snippets" ref={dialog} aria-labelledby={`${pane.name}-snippets`}>
        <header>
          <h2 id={`${pane.name}-snippets`}>{pane.name} without this page</h2>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </header>
        <p class="quiet">
          Both log in as the person of the pane, with its password, and speak in this conversation.
        </p>
        {parts && curl && <Snippet title="curl" text={curl(parts)} />}
        {parts && <Snippet title="Code for Node" text={CODE[pane.name](parts)} />}
      </dialog>
    </>
  )
}

function Snippet({ title, text }: { title: string; text: string }) {
  const [copied, setCopied] = useState('')
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied('Copied'),
      () => setCopied('The browser refused: select the text and copy it.'),
    )
  return (
    <section>
      <div class="snippet-head">
        <h3>{title}</h3>
        <span class="quiet" role="status">
          {copied}
        </span>
        <button type="button" onClick={copy}>
          Copy
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reached by keys */}
      <pre tabIndex={0} data-snippet={title}>
        {text}
      </pre>
    </section>
  )
}

function partsOf({ who }: Pane): SnippetParts | undefined {
  const current = state.value
  if (current.is !== 'on') return undefined
  const { people, place, about } = current
  const [person, other] = who.value === 0 ? people : ([people[1], people[0]] as const)
  return { url: location.origin, person, other, place, pusherKey: about.pusherKey }
}
