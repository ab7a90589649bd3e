import { after } from 'node:test'
import { interopMatrix } from '../interop/matrix.ts'
import { Cluster } from './cluster.ts'

// The interop matrix with each of the three people at a node of their own.

const opened = new AsyncDisposableStack()
interopMatrix(async () => {
  const cluster = opened.use(await Cluster.start())
  return cluster.world()
})
after(() => opened.disposeAsync())
