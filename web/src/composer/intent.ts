import type { TimelineItem } from '@parlance/client'

type Said = Extract<TimelineItem, { kind: 'message' }>

/** A composer writes a new message, or an answer to one, or another text of one. */
export type Intent = { readonly is: 'write' } | { readonly is: 'reply' | 'edit'; readonly item: Said }
