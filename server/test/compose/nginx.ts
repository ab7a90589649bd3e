import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findNginx } from '../support/engines/index.ts'
import { freePort } from '../support/free-port.ts'
import type { Owner } from '../support/owner.ts'
import { endWithUs } from '../support/process.ts'
import { START_MS, until } from '../support/until.ts'

const SITE = join(import.meta.dirname, '../../../deploy/nginx.conf')

/** Starts nginx in front of that port, with deploy/nginx.conf as `change` leaves it. Resolves with nginx's address. */
export async function startNginx(
  owner: Owner,
  nodePort: number,
  change = (site: string) => site,
): Promise<string> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'parlance-nginx-'))
  owner.after(() => rm(folder, { recursive: true }))
  const site = (await readFile(SITE, 'utf8'))
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('127.0.0.1:8000', `127.0.0.1:${nodePort}`)
  await writeFile(join(folder, 'nginx.conf'), mainAround(change(site)))
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr']
  const child = spawn(findNginx() ?? 'nginx', args, { stdio: 'ignore' })
  endWithUs(child)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  owner.after(async () => {
    child.kill('SIGTERM')
    await exited
  })
  const url = `http://127.0.0.1:${port}`
  await until('nginx to answer', () => fetch(url).then(Boolean, () => false), START_MS)
  return url
}

/** Stands for Debian's own nginx.conf around a site, in one process and one folder. */
const mainAround = (site: string): string => `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  scgi_temp_path scgi;
  uwsgi_temp_path uwsgi;
  ${site}
}
`
