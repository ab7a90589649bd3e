import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Frame, FrameLog } from '../frames.ts'
import { curlOf } from '../snippets.ts'

const ARROWS = { out: '→', in: '←', mark: '·' } as const
const WAYS = { out: 'sent', in: 'came', mark: 'happened' } as const
/** Pixels from the end within which the list follows what comes. */
const NEAR_PX = 24

/** The frames that the pane's connections carry, as they happen. It follows, unless one has scrolled back. */
export function FrameList({ name, log }: { name: string; log: FrameLog }) {
  const frames = log.frames.value
  const list = useRef<HTMLOListElement>(null)
  const follows = useRef(true)
  useLayoutEffect(() => {
    if (follows.current) list.current?.scrollTo(0, list.current.scrollHeight)
  }, [frames])
  const onScroll = (event: Event) => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget as HTMLElement
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR_PX
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reached by keys
    <ol class="frames" ref={list} tabIndex={0} onScroll={onScroll} aria-label={`Frames of ${name}`}>
      {frames.map((frame) => (
        <Line key={frame.key} frame={frame} />
      ))}
    </ol>
  )
}

function Line({ frame: { way, via, text, at, count, asked } }: { frame: Frame }) {
  const [isCopied, setCopied] = useState(false)
  return (
    <li class="frame" data-way={way}>
      <span class="frame-head">
        <span aria-hidden="true">{ARROWS[way]}</span>
        <span class="hidden">{WAYS[way]}</span> {via} <time>{(at / 1_000).toFixed(3)}</time>
        {count > 1 && <span class="times">×{count}</span>}
        {asked && (
          <button
            type="button"
            class="frame-copy"
            onClick={async () => {
              await navigator.clipboard.writeText(curlOf(asked))
              setCopied(true)
            }}
          >
            <span class="hidden">
              Copy {asked.method} {new URL(asked.url).pathname} as{' '}
            </span>
            {isCopied ? 'curl, copied' : 'curl'}
          </button>
        )}
      </span>
      <code>{text}</code>
    </li>
  )
}
