import type { IncomingMessage } from 'node:http'

/**
 * Whether the request was made on this machine, by a program that asked this server itself. A proxy on the same machine is
 * a loopback peer too, so a request that shows one is not local; nor is a page's whose name was made to point here (DNS
 * rebinding), which its `Host` tells. A proxy that passes requests on as a program of this machine would send them
 * itself cannot be told: whoever runs it withholds the path there.
 */
export const isLocalRequest = ({ headers, httpVersion, socket }: IncomingMessage): boolean =>
  LOOPBACK_PEER.test(socket.remoteAddress ?? '') &&
  LOOPBACK_HOST.test(headers.host ?? '') &&
  // nginx speaks 1.0 to what is behind it, by default and without a word of its own; programs that scrape speak 1.1.
  httpVersion !== '1.0' &&
  !Object.keys(headers).some((name) => PROXY_HEADER.test(name))

const LOOPBACK_PEER = /^(?:::ffff:)?127\.|^::1$/i

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

/** The headers by which proxies, balancers, gateways and content networks say for whom they ask. */
const PROXY_HEADER = new RegExp(
  `^(?:${[
    '(?:x-)?forwarded(?:-.+)?',
    'via',
    'x-original-.+',
    'x-real-.+',
    '(?:x-)?(?:true-|remote-)?client-ip',
    'x-cluster-client-ip',
    'x-remote-(?:addr|ip)',
    '(?:x-)?proxy(?:-.+)?|x-proxyuser-ip',
    'x-envoy-.+',
    'x-amzn?-.+',
    'x-arr-.+|x-azure-.+|x-appgw-.+',
    'cf-.+|cdn-loop',
    'fastly-.+|fly-.+|x-varnish|x-cache-.+|surrogate-capability',
    'x-cloud-trace-context|x-google-.+|x-appengine-.+',
  ].join('|')})$`,
)
