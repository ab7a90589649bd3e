const NETWORK_GROUPS = 4
/** Of the fourth group of an IPv6 address, the bits that belong to its first 56. */
const SITE_BITS = 0xff00

/**
 * Those who share an uplink, where one of them must not count for many: of an IPv6 network (`2001:db8:1:2::/64`)
 * the first 56 bits, which is what providers hand to a household and hosters to a customer. Anything else as it is.
 */
export function siteOf(network: string): string {
  const [groups = ''] = network.split('::')
  const parts = groups.split(':')
  if (parts.length !== NETWORK_GROUPS) return network
  const fourth = Number.parseInt(parts[NETWORK_GROUPS - 1] ?? '', 16) & SITE_BITS
  return `${parts.slice(0, NETWORK_GROUPS - 1).join(':')}:${fourth.toString(16)}::/56`
}
