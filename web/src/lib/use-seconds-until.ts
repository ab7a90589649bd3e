import { useEffect, useReducer } from 'preact/hooks'

/** Whole seconds until a time in milliseconds of the clock, 1 at least; undefined where there is no such time. */
export function useSecondsUntil(time: number | undefined): number | undefined {
  const [, renderAgain] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    if (time === undefined) return
    const timer = setInterval(() => renderAgain(undefined), 1_000)
    return () => clearInterval(timer)
  }, [time])
  return time === undefined ? undefined : Math.max(1, Math.ceil((time - Date.now()) / 1_000))
}
