// The parts of React that are used. Its own types declare a browser's globals for the whole project.

declare module 'react' {
  export function useSyncExternalStore<Value>(
    subscribe: (listener: () => void) => () => void,
    get: () => Value,
    getOnServer: () => Value,
  ): Value
  export function createElement(component: () => unknown): unknown
  export function act(run: () => Promise<void> | void): Promise<void>
}

declare module 'react-test-renderer' {
  export function create(element: unknown): { toJSON(): unknown; unmount(): void }
}
