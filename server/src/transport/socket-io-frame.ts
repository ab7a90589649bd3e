import type { Frame } from '../delivery/index.ts'
import { wsTextFrame } from './ws-frame.ts'

const HEADER = '42'

/** One event of the default namespace as a WebSocket frame, the same in engine.io 3 and 4. */
export function socketIoFrame(event: string, payload: unknown): Frame {
  return wsTextFrame(JSON.stringify([event, payload]), HEADER)
}
