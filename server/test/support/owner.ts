/** What something that must be closed ends with: a test, or a thing that lasts for several. */
export interface Owner {
  after(close: () => void | Promise<void>): void
}
