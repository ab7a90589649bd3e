import { type EngineConnection, waitingPackets } from './engine-io.ts'

/** Packets that wait to be sent. A megabyte of events has fewer; these are what engine.io answers by itself. */
const MAX_WAITING_PACKETS = 20_000
/** Times that a WebSocket may ask whether it may take over from polls. */
const MAX_PROBES = 10

/** Cuts off floods of packets that engine.io answers by itself: it answers even when nobody reads. */
export function cutOffUnread(engine: EngineConnection): void {
  let probes = 0
  engine.on('packetCreate', () => {
    if (waitingPackets(engine) > MAX_WAITING_PACKETS) engine.close(true)
  })
  engine.on('upgrading', () => {
    if (++probes > MAX_PROBES) engine.close(true)
  })
}
