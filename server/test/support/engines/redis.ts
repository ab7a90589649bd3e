import { findRedis } from './programs.ts'

export interface RedisFolder {
  readonly folder: string
  readonly port: number
  readonly settings?: Readonly<Record<string, string | number>>
}

/** The command line of a Redis there. It keeps nothing: started again it is empty. */
export function redisCommand({ folder, port, settings }: RedisFolder): readonly string[] {
  const options = { bind: '127.0.0.1', port, dir: folder, save: '', appendonly: 'no', daemonize: 'no' }
  const given = Object.entries({ ...options, ...settings }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ])
  return [findRedis() ?? 'redis-server', ...given]
}
