import type { Config, TracingSettings } from '../config/index.ts'
import { startTracing } from '../lib/trace.ts'
import type { Logger } from '../observe/index.ts'

interface OpenTracing {
  close(): Promise<void>
}

/** Traces the server's work, where an address for traces is set. */
export async function openTracing(
  { tracing: settings }: Config,
  log: Logger,
): Promise<OpenTracing | undefined> {
  if (!settings) return undefined
  const { SpanExporter } = await import('./span-exporter.ts')
  const where = new URL(settings.endpoint).host
  const exporter = new SpanExporter({
    settings,
    onFailed: (reason) =>
      log.warn(`Traces cannot be sent to ${where} (${reason}); they are dropped until they can.`),
    onWorks: (dropped) => log.info(`Traces are sent to ${where} again; ${dropped} spans were dropped.`),
  })
  const stop = startTracing({ onEnd: (span) => exporter.add(span), isSampled: samplerOf(settings) })
  return {
    close: () => {
      stop()
      return exporter.close()
    },
  }
}

type Sampler = (traceId: string, isParentSampled: boolean | undefined) => boolean

function samplerOf({ sampler, ratio }: TracingSettings): Sampler {
  const [, parent, root] = /^(parentbased_)?(.*)$/.exec(sampler) ?? []
  const part = root === 'traceidratio' ? ratio : root === 'always_on' ? 1 : 0
  const isChosen = (traceId: string) => placeOf(traceId) < part
  if (parent === undefined) return isChosen
  return (traceId, isParentSampled) => isParentSampled ?? isChosen(traceId)
}

/** From 0 to 1, the same for each server that sees the trace: by its last 48 bits, which are random. */
const placeOf = (traceId: string): number => Number.parseInt(traceId.slice(20), 16) / 2 ** 48
