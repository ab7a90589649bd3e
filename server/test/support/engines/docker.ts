import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../../../..')
const run = promisify(execFile)

/** Why compose.yaml cannot be tried here; undefined when it can. Nothing is downloaded for a test. */
export async function dockerIsMissing(): Promise<string | undefined> {
  const answers = (...words: readonly string[]) =>
    run('docker', words).then(
      () => true,
      () => false,
    )
  if (!(await answers('compose', 'version'))) return 'there is no docker compose'
  if (!(await answers('version'))) return 'no Docker engine answers'
  const missing = imagesAsked().filter((image) => image !== 'parlance')
  for (const image of missing) {
    if (!(await answers('image', 'inspect', image)))
      return `Docker has no image ${image} (docker pull ${image})`
  }
  return undefined
}

function imagesAsked(): readonly string[] {
  const texts = ['compose.yaml', 'Dockerfile'].map((file) => readFileSync(join(ROOT, file), 'utf8'))
  return texts.flatMap((text) =>
    // The default image is taken unless .env names another.
    [...text.matchAll(/^(?: +image: (?:\$\{\w+:-)?|ARG NODE_IMAGE=)([^\s}]+)\}?$/gm)].map(
      ([, image = '']) => image,
    ),
  )
}
