import { startNginx } from './nginx.ts'
import { proxyContract } from './proxy-contract.ts'

proxyContract('nginx', startNginx)
