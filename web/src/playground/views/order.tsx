import { type Relay, relays } from '../relay.ts'

const SHOWN = 3

/** The last messages in their one order, and the ways that each went. */
export function Order() {
  const last = relays.value.slice(-SHOWN)
  return (
    <section class="order" aria-label="One order">
      <h2>One order</h2>
      {last.length === 0 ? (
        <p class="quiet">Say something in any pane. Here you see when it arrived in each of the others.</p>
      ) : (
        <ol>
          {last.map((relay) => (
            <Way key={relay.id} relay={relay} />
          ))}
        </ol>
      )}
    </section>
  )
}

const Way = ({ relay: { id, text, from, arrivals } }: { relay: Relay }) => (
  <li class="way">
    <span class="number">#{id}</span>
    <span class="way-text" dir="auto">
      {text}
    </span>
    <ol class="arrivals" aria-label={from ? `Said in ${from}, arrived in` : 'Said elsewhere, arrived in'}>
      {arrivals.map(({ pane, ms }) => (
        <li key={pane} class="arrival" data-dialect={pane} data-from={pane === from ? '' : undefined}>
          {pane} <span class="number">{ms} ms</span>
        </li>
      ))}
    </ol>
  </li>
)
