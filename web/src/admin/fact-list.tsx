export type Fact = readonly [name: string, value: string]

/** Facts under each other, each with its name before it. */
export const FactList = ({ facts }: { facts: readonly Fact[] }) => (
  <dl class="figures">
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)
