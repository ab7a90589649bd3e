export { LIMITS, type LimitKind } from '../lib/rates.ts'
export { type AddressOf, addressReader, networkOf } from './address.ts'
export { bodyBytes, createDialectApp, type DialectAnswers, messageBodyBytes, plain } from './app.ts'
export { isCrossSiteForm } from './cross-site.ts'
export { Dispatcher, pathOf, type SharedRoute } from './dispatcher.ts'
export { HEALTH_PATHS, Health } from './health.ts'
export { PendingWrite } from './in-flight.ts'
export { Inbox, type InboxOwner } from './inbox.ts'
export { type Held, HOLDS, Limits, MEMORY } from './limits.ts'
export { createListener, listen, type UpgradeHandler } from './listener.ts'
export { isLocalRequest } from './local-request.ts'
export { PathOwners } from './path-owners.ts'
export { costOfPush, costOfText } from './push-cost.ts'
export { refuseUpgrade } from './refuse-upgrade.ts'
export {
  logFailed,
  newRequestNumber,
  requestIdAmong,
  requestIdFrom,
  requestIdOf,
  tellRequestId,
} from './request-ids.ts'
export { RequestPipeline } from './request-pipeline.ts'
export { SOCKET_IO_PATHS, SocketIo } from './socket-io.ts'
export type { SocketIoConnection, SocketIoDialect, SocketIoSession } from './socket-io-dialect.ts'
export { socketIoFrame } from './socket-io-frame.ts'
export { type Stopped, stop } from './stopping.ts'
export { STRANGERS, Strangers } from './strangers.ts'
export { streamed } from './streamed-body.ts'
export { createSniffingServer } from './tcp.ts'
export { TlsGate } from './tls-gate.ts'
export { WsAcceptor, WsConnection, type WsHandlers } from './ws.ts'
export { wsShortFrames, wsTextFrame } from './ws-frame.ts'
