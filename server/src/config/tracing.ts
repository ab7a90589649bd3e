import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

/** Where traces are sent, and which. The names are those of OpenTelemetry. */
export interface TracingSettings {
  /** Address that takes traces by OTLP over http, as JSON. */
  readonly endpoint: string
  /** Headers of each request, as they were written: `name=value,name=value`. They may hold a secret. */
  readonly headers: string
  readonly serviceName: string
  /** Further attributes of this server, written likewise. */
  readonly resource: string
  readonly sampler: (typeof SAMPLERS)[number]
  /** The part of traces that is told of, of those that no caller has decided on. */
  readonly ratio: number
}

export const TRACING_NAMES = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_SDK_DISABLED',
] as const

type Settings = SettingsReader<(typeof TRACING_NAMES)[number]>

/** Undefined where no address is set: nothing is traced then. */
export function tracingOf(settings: Settings): TracingSettings | undefined {
  const endpoint = endpointOf(settings)
  if (endpoint === undefined || settings.flag('OTEL_SDK_DISABLED')) return undefined
  const protocol = settings.text('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/json'
  // A collector takes both at the same address: the content type tells JSON from protobuf.
  if (protocol !== 'http/json' && protocol !== 'http/protobuf')
    throw new SettingRefusal(
      `OTEL_EXPORTER_OTLP_PROTOCOL is "${protocol}"; write http/json, which collectors take at port 4318, or leave it out.`,
    )
  return {
    endpoint,
    headers: pairsOf(settings, 'OTEL_EXPORTER_OTLP_HEADERS'),
    serviceName: settings.text('OTEL_SERVICE_NAME') ?? 'parlance',
    resource: pairsOf(settings, 'OTEL_RESOURCE_ATTRIBUTES'),
    sampler: settings.choice('OTEL_TRACES_SAMPLER', SAMPLERS) ?? 'parentbased_always_on',
    ratio: ratioOf(settings),
  }
}

function endpointOf(settings: Settings): string | undefined {
  const whole = settings.text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
  if (whole !== undefined) return addressOf('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', whole)
  const base = settings.text('OTEL_EXPORTER_OTLP_ENDPOINT')
  if (base === undefined) return undefined
  return `${addressOf('OTEL_EXPORTER_OTLP_ENDPOINT', base).replace(/\/$/, '')}/v1/traces`
}

function addressOf(name: string, text: string): string {
  const url = URL.parse(text)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text
  throw new SettingRefusal(`${name} is "${text}"; write an address, such as http://127.0.0.1:4318.`)
}

function pairsOf(
  settings: Settings,
  name: 'OTEL_EXPORTER_OTLP_HEADERS' | 'OTEL_RESOURCE_ATTRIBUTES',
): string {
  const text = settings.text(name) ?? ''
  const isFine = text === '' || text.split(',').every((pair) => /^\s*[\w.-]+\s*=[\x20-\x7e]*$/.test(pair))
  if (isFine) return text
  throw new SettingRefusal(`${name} cannot be read; write name=value, separated by commas.`)
}

function ratioOf(settings: Settings): number {
  const text = settings.text('OTEL_TRACES_SAMPLER_ARG') ?? '1'
  const ratio = Number(text)
  if (ratio >= 0 && ratio <= 1) return ratio
  throw new SettingRefusal(`OTEL_TRACES_SAMPLER_ARG is "${text}"; write a part from 0 to 1, such as 0.1.`)
}
