/** Names of settings begin so that are a database's epoch. */
export const EPOCH = 'epoch of '
