import { after } from 'node:test'
import { Cluster } from '../cluster/cluster.ts'
import { interopMatrix } from '../interop/matrix.ts'
import { World } from '../interop/world.ts'
import { startBalancer } from './balancer.ts'

// The interop matrix with everybody behind the load balancer of compose.yaml, and two nodes behind it.

const opened = new AsyncDisposableStack()
interopMatrix(async () => {
  const cluster = opened.use(await Cluster.start({ size: 2, settings: { TRUSTED_PROXIES: '127.0.0.1' } }))
  const owner = { after: (close: () => void | Promise<void>) => opened.defer(close) }
  const balancer = await startBalancer(owner, [cluster.node(0), cluster.node(1)])
  return World.start(cluster.settings, [balancer])
})
after(() => opened.disposeAsync())
