/** Does it `count` times, so many at a time, and answers the results in order. */
export async function inTurns<T>(
  count: number,
  atATime: number,
  task: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  for (let from = 0; from < count; from += atATime) {
    const turn = Array.from({ length: Math.min(atATime, count - from) }, (_, i) => task(from + i))
    for (const result of await Promise.all(turn)) results.push(result)
  }
  return results
}
