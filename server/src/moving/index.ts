export { adopt } from './adopting/index.ts'
export { exportArchive } from './export.ts'
export { importArchive, migrate } from './import.ts'
