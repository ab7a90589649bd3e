import type { ConversationEvent, Message } from '../core/chat.ts'
import type { Render } from '../delivery/index.ts'
import type { FileLinks } from './file-links.ts'

/** Shows the files of a message to clients that know only its text: a line for each, `name (type, size) address`. */
export class FileLines {
  readonly #links: FileLinks

  constructor(links: FileLinks) {
    this.#links = links
  }

  /** The message with the lines after its text; the same one where it has no files. */
  shown<Shown extends Message>(message: Shown): Shown {
    const { attachments } = message
    if (!attachments) return message
    const lines = attachments.map(({ fileId, name, type, size }) => {
      const link = this.#links.onMessage(message, fileId)
      return [`${name} (${type}, ${sizeText(size)})`, ...(link === undefined ? [] : [link])].join(' ')
    })
    return { ...message, body: [...(message.body === '' ? [] : [message.body]), ...lines].join('\n') }
  }

  shownEvent<Event extends ConversationEvent>(event: Event): Event {
    return 'message' in event && event.message.attachments
      ? { ...event, message: this.shown(event.message) }
      : event
  }

  rendering(render: Render): Render {
    return (event) => render(this.shownEvent(event))
  }
}

const UNITS = ['KiB', 'MiB', 'GiB'] as const

function sizeText(bytes: number): string {
  const unit = UNITS.findLast((_, power) => bytes >= 1024 ** (power + 1))
  if (unit === undefined) return `${bytes} bytes`
  const amount = bytes / 1024 ** (UNITS.indexOf(unit) + 1)
  return `${amount.toFixed(amount < 10 ? 1 : 0)} ${unit}`
}
