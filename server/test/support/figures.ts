/** The figures that a server shows at /metrics, by name and labels: `parlance_connections{dialect="rooms"}`. */
export async function figuresOf({ url }: { readonly url: string }): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return new Map(
    [...text.matchAll(/^([^#\s][^\s]*) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  )
}

/** The names of all figures, with those of a histogram's parts; also of those that have no value yet. */
export async function figureNamesOf({ url }: { readonly url: string }): Promise<ReadonlySet<string>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const kinds = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  return new Set(
    kinds.flatMap(([, name = '', kind]) =>
      kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : name,
    ),
  )
}
