import { interopMatrix } from './matrix.ts'
import { World } from './world.ts'

interopMatrix(() => World.start())
