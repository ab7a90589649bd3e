/** The reason why the store cannot be opened: one sentence for the operator, saying what to do. */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal'
}
