/** A lifetime that closes resources when it ends: a test, or a thing that lasts for several tests. */
export interface Owner {
  after(close: () => void | Promise<void>): void
}
