import type { IncomingMessage } from 'node:http'

/**
 * Whether a program on this machine made the request, to this server itself. A proxy on this machine is a loopback
 * peer too, so a request with a proxy's headers is not local. A page whose name was made to point here (DNS rebinding)
 * is not local either: its `Host` shows that. A proxy that passes requests on exactly as a local program would send
 * them cannot be detected: its operator must withhold the path there.
 */
export const isLocalRequest = ({ headers, httpVersion, socket }: IncomingMessage): boolean =>
  LOOPBACK_PEER.test(socket.remoteAddress ?? '') &&
  LOOPBACK_HOST.test(headers.host ?? '') &&
  // nginx by default passes requests on as HTTP/1.0 and adds no header; programs that scrape speak HTTP/1.1.
  httpVersion !== '1.0' &&
  !Object.keys(headers).some((name) => PROXY_HEADER.test(name))

const LOOPBACK_PEER = /^(?:::ffff:)?127\.|^::1$/i

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

/** The headers in which proxies, balancers, gateways and content networks name the client of a request. */
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
