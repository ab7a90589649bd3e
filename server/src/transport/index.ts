export { type AddressOf, addressReader, networkOf } from './address.ts'
export { createDialectApp, type DialectAnswers, messageBodyBytes, plain } from './app.ts'
export { type Stopped, stop } from './closing.ts'
export { isCrossSiteForm } from './cross-site.ts'
export { Dispatcher, type HttpOwner, pathOf, type SharedRoute } from './dispatcher.ts'
export { Exchanges } from './exchanges.ts'
export { Health } from './health.ts'
export { Inbox, type InboxOwner } from './inbox.ts'
export { HOLDS, LIMITS, type LimitKind, Limits, MEMORY } from './limits.ts'
export { createListener, listen, refuseUpgrade, type UpgradeHandler } from './listener.ts'
export {
  SocketIo,
  type SocketIoConnection,
  type SocketIoDialect,
  type SocketIoSession,
  socketIoFrame,
} from './socket-io.ts'
export { STRANGERS, Strangers } from './strangers.ts'
export { createSniffingServer } from './tcp.ts'
export { WsAcceptor, WsConnection, type WsHandlers, type WsOptions } from './ws.ts'
export { wsTextFrame } from './ws-frame.ts'
