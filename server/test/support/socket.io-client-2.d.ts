declare module 'socket.io-client-2' {
  /** The part of the old client that the tests use; it came without types. */
  export interface Socket2 {
    readonly connected: boolean
    on(event: string, listener: (...args: unknown[]) => void): this
    off(event: string, listener: (...args: unknown[]) => void): this
    emit(event: string, ...args: unknown[]): this
    disconnect(): this
  }

  export default function io(
    url: string,
    options: { transports?: string[]; forceNew?: boolean; reconnection?: boolean },
  ): Socket2
}
