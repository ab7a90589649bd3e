import type { BackUpFault, BackUpProgress } from '../../core/chat.ts'
import type { BackUpOrder } from './make.ts'

/** Words of a server to the process that makes its back-up: the order, and then, if need be, that it is to stop. */
export type ToChild = { readonly order: BackUpOrder } | { readonly stop: true }

/** Words of that process. The last is `made` or `failed`; one that says neither has died. */
export type FromChild =
  /** The folder in which it works, which is left behind where it dies. */
  | { readonly is: 'working'; readonly directory: string }
  | { readonly is: 'progress'; readonly progress: BackUpProgress }
  | { readonly is: 'made' }
  | { readonly is: 'failed'; readonly fault: BackUpFault; readonly sentence: string }
