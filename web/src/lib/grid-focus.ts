/** Where a key leads from a cell of a grid, by the pattern of WAI-ARIA: only one cell is reached by Tab. */
export function cellAfter(rows: readonly (readonly HTMLElement[])[], from: HTMLElement, key: string) {
  const y = rows.findIndex((row) => row.includes(from))
  const row = rows[y] ?? []
  const x = row.indexOf(from)
  const all = rows.flat()
  const at = all.indexOf(from)
  const below = (line: readonly HTMLElement[] | undefined) => line?.[Math.min(x, line.length - 1)]
  switch (key) {
    case 'ArrowRight':
      return all[at + 1]
    case 'ArrowLeft':
      return all[at - 1]
    case 'ArrowDown':
      return below(rows[y + 1])
    case 'ArrowUp':
      return below(rows[y - 1])
    case 'Home':
      return row[0]
    case 'End':
      return row.at(-1)
    default:
      return undefined
  }
}
