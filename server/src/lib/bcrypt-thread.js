// JavaScript, so that no type has to be stripped for each log-in.
import { parentPort, workerData } from 'node:worker_threads'
import bcrypt from 'bcryptjs'

parentPort?.postMessage(bcrypt.hashSync(workerData.password, workerData.settings))
