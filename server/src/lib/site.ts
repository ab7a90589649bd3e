const NETWORK_GROUPS = 4
/** Bits of the fourth group of an IPv6 address that belong to the address's first 56. */
const SITE_BITS = 0xff00

/**
 * The networks that share an uplink, so that one customer does not count for many. An IPv6 network
 * (`2001:db8:1:2::/64`) becomes its first 56 bits, which providers give to a household. All else stays as it is.
 */
export function siteOf(network: string): string {
  if (!network.includes(':')) return network
  const [groups = ''] = network.split('::')
  const parts = groups.split(':')
  if (parts.length !== NETWORK_GROUPS) return network
  const fourth = Number.parseInt(parts[NETWORK_GROUPS - 1] ?? '', 16) & SITE_BITS
  return `${parts.slice(0, NETWORK_GROUPS - 1).join(':')}:${fourth.toString(16)}::/56`
}
