import type { Client, ConversationHandle, Listing } from '@parlance/client'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'
import { isComplete, parcelsOf, take } from '../upload/tray.ts'
import { type Command, readWritten } from './commands.ts'
import { excessOf } from './excess.ts'
import type { Intent } from './intent.ts'

interface SendingOptions {
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  /** Where it goes into a thread: the place of the message that is answered. */
  readonly thread: number | undefined
  /** The key of its files. */
  readonly tray: string
  readonly intent: Intent
  readonly text: string
  /** Called with what is left of the text. */
  readonly onText: (text: string) => void
  /** Called when nothing is answered or edited any more. */
  readonly onLeave: () => void
}

interface CommandCall {
  readonly command: Command
  readonly rest: string
}

interface Sending {
  readonly send: () => void
  readonly maySend: boolean
  /** Whether the message goes as soon as its files have come. */
  readonly isDue: boolean
  /** A sentence: why a text was not taken. */
  readonly refusal: string | undefined
  readonly setRefusal: (why: string | undefined) => void
  /** Takes back what was said of a text, which is another now. */
  readonly reset: () => void
  /** A command that is asked about before it is done. */
  readonly asked: CommandCall | undefined
  readonly answer: (call: CommandCall) => Promise<void>
  readonly dismiss: () => void
}

/** Sends what a composer holds: a message with its files, another text of one, or a command. */
export function useSending(options: SendingOptions): Sending {
  const { client, place, listing, thread, tray, intent, text, onText, onLeave } = options
  const [refusal, setRefusal] = useState<string>()
  const [isDue, setDue] = useState(false)
  const [asked, setAsked] = useState<CommandCall>()
  const { isBusy, failure, run } = useDeed()
  const parcels = parcelsOf(tray).value
  // Files go with a new message alone: the server lets none hang on one later.
  const hasFiles = parcels.length > 0 && intent.is !== 'edit'
  const body = text.trim()
  const isPossible = (body !== '' || hasFiles) && excessOf(text) <= 0 && !isBusy

  const say = (written: string) => {
    const attachments = take(tray)
    place.send(written, {
      ...(intent.is === 'reply' && { replyTo: intent.item.seq }),
      ...(attachments.length > 0 && { attachments }),
      ...(thread !== undefined && { thread }),
    })
    onText('')
    onLeave()
  }
  const obey = ({ command, rest }: CommandCall) =>
    run(async () => {
      const why = await command.run?.({ client, place }, rest)
      setRefusal(why)
      if (why === undefined) onText('')
    })
  const read = () => {
    // Beside files a text is a message, whatever it begins with.
    const written = hasFiles ? ({ is: 'message', body } as const) : readWritten(body, listing)
    if (written.is === 'refused') setRefusal(written.why)
    else if (written.is === 'message') say(written.body)
    else if (written.command.write) say(written.command.write(written.rest))
    else if (written.command.asks) setAsked(written)
    else obey(written)
  }
  const send = () => {
    if (!isPossible) return
    if (intent.is === 'edit') {
      if (body !== '' && body !== intent.item.message.body) place.edit(intent.item.seq, body)
      onLeave()
    } else if (hasFiles && !isComplete(parcels)) setDue(true)
    else read()
  }
  useEffect(() => {
    if (!isDue || !isComplete(parcels)) return
    setDue(false)
    send()
  }, [isDue, parcels])
  const reset = () => {
    setDue(false)
    setRefusal(undefined)
  }
  return {
    ...{ send, isDue, setRefusal, reset, asked },
    maySend: isPossible && !isDue,
    refusal: refusal ?? failure,
    answer: obey,
    dismiss: () => setAsked(undefined),
  }
}
