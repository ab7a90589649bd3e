export interface RoomsSettings {
  readonly tcpPort: number | null
  readonly tcpHost: string
  readonly historyLimit: number
  /** Whether the MD5 of a password logs its owner in there. False where the dialect is off. */
  readonly md5Passwords: boolean
}
