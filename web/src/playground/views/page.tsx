import { useEffect } from 'preact/hooks'
import { begin, isOn, panes, startOver, state } from '../playground.ts'
import { Order } from './order.tsx'
import { PaneView } from './pane-view.tsx'

export function Page() {
  const current = state.value
  // A protocol's page leads to its pane, which is there once the page is.
  useEffect(() => {
    if (current.is === 'on')
      document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: 'start' })
  }, [current.is])
  return (
    <>
      <header class="top">
        <a href="/" class="brand">
          <img src="/favicon.svg" width="28" height="28" alt="" /> Parlance
        </a>
        <div class="title">
          <h1>Playground</h1>
          <p class="quiet">Six different clients, one conversation, one order.</p>
        </div>
        <button type="button" onClick={startOver} disabled={current.is === 'beginning'}>
          New people
        </button>
      </header>
      <main>
        {current.is === 'failed' ? (
          <div class="trouble" role="alert">
            <p>{current.reason}</p>
            <button type="button" class="primary" onClick={begin}>
              Try again
            </button>
          </div>
        ) : (
          <>
            <Order />
            <div class="panes">
              {panes.map((pane) => (
                <PaneView key={pane.name} pane={pane} isOff={!isOn(pane.name)} />
              ))}
            </div>
          </>
        )}
      </main>
    </>
  )
}
