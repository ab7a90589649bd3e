import { report } from '../lib/guard.ts'

/**
 * Publishes a write's events once the write is committed. The store settles its promises in the order of commits, so
 * every command calls this with the store's own promise. An `await` or a `then` in between would let the events of a
 * later write overtake. Returns the same promise: a reaction to it runs after this write's events and before those of
 * the next write. `onRefused` is called with a refusal, which the caller gets too.
 */
export function publishOnCommit<Result>(
  committing: Promise<Result>,
  publish: (result: Result) => void,
  onRefused: (error: unknown) => void = refusalIsTheCallers,
): Promise<Result> {
  committing.then((result) => {
    try {
      publish(result)
    } catch (error) {
      // The write is on disk: its caller must not be told that it failed.
      report('task', error)
    }
  }, onRefused)
  return committing
}

function refusalIsTheCallers(): void {
  // Nothing was written, so there is nothing to publish. The caller has the same promise.
}
