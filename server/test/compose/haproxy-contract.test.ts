import { startBalancer } from './balancer.ts'
import { proxyContract } from './proxy-contract.ts'

proxyContract('HAProxy', async (owner, port) => {
  const node = { url: `http://127.0.0.1:${port}`, tcpPort: port }
  return (await startBalancer(owner, [node, node])).url
})
