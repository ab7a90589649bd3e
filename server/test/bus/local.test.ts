import { LocalBus } from '../../src/bus/local.ts'
import { busConformance } from './conformance.ts'

busConformance('local', async (onListenerError) => new LocalBus(onListenerError))
