import type { DialectName } from './pane-client.ts'
import type { Relay } from './relay.ts'

const TRAVEL_MS = 520
/** Arrivals are a few milliseconds apart: so that their order is seen, each sets out so much after the one before. */
const APART_MS = 70

const stillness = matchMedia('(prefers-reduced-motion: reduce)')

const placeOf = (name: DialectName): DOMRect | undefined =>
  document.querySelector(`[data-lamp="${name}"]`)?.getBoundingClientRect()

/** Sends a point of light from the pane where the message was said to the one where it has just arrived. */
export function pulse({ from, arrivals }: Relay): void {
  const to = arrivals.at(-1)?.pane
  if (stillness.matches || to === undefined || from === undefined || to === from) return
  const [start, end] = [placeOf(from), placeOf(to)]
  if (!start || !end) return
  const point = document.createElement('span')
  point.className = 'pulse'
  point.dataset.from = from
  point.setAttribute('aria-hidden', 'true')
  document.body.append(point)
  const at = ({ x, y, width, height }: DOMRect) => `translate(${x + width / 2}px, ${y + height / 2}px)`
  const flight = point.animate(
    [
      { transform: `${at(start)} scale(0.4)`, opacity: 0 },
      { transform: `${at(start)} scale(1)`, opacity: 1, offset: 0.15 },
      { transform: `${at(end)} scale(1)`, opacity: 1, offset: 0.9 },
      { transform: `${at(end)} scale(2.4)`, opacity: 0 },
    ],
    {
      duration: TRAVEL_MS,
      delay: arrivals.length * APART_MS,
      easing: 'cubic-bezier(0.3, 0, 0.2, 1)',
      fill: 'both',
    },
  )
  flight.onfinish = () => point.remove()
}
