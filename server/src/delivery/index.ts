export { Audiences, type Render } from './audience.ts'
export { Batch, type Frame } from './frame.ts'
export { MAX_BACKLOG_BYTES, MAX_STALL_MS, type Owner, type Sink, SocketSink } from './sink.ts'
export { flushAtEndOfTurn } from './turn.ts'
