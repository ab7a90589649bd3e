export { closeInOrder } from './closing.ts'
export { openListeners } from './listeners.ts'
export { StoreWatch } from './store-watch.ts'
export { openWaitingRoom } from './waiting-room.ts'
