import type { Observable } from '@parlance/client'
import { useLayoutEffect, useReducer } from 'preact/hooks'

/** The value of an observable of the client's store; the component renders again when it changes. */
export function useObservable<Value>(observable: Observable<Value>): Value {
  const [, renderAgain] = useReducer((count: number) => count + 1, 0)
  const value = observable.get()
  useLayoutEffect(() => {
    const stop = observable.subscribe(() => renderAgain(undefined))
    // It may have changed before anybody listened.
    if (observable.get() !== value) renderAgain(undefined)
    return stop
  }, [observable])
  return value
}
