import { startCaddy } from './caddy.ts'
import { proxyContract } from './proxy-contract.ts'

proxyContract('Caddy', startCaddy)
