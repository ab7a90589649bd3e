/** Why the store cannot be opened: one sentence for whoever starts the server, saying what to do. */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal'
}
