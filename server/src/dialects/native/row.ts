import type { DialectRow } from '../dialect-row.ts'
import { NATIVE_SETTINGS, type NativeSettings } from './settings.ts'

export const NATIVE: DialectRow<'native', NativeSettings> = {
  settings: NATIVE_SETTINGS,
  sharedPaths: { '/register': 'none', '/login': 'none' },
  preflights: () => [],
  rawTcp: 'none',
  firstAccount: { path: '/v1/accounts', body: '{"username":"alice","password":"correct horse"}' },
  async mount(parts, settings) {
    const { mountNative } = await import('./index.ts')
    return mountNative(parts, settings)
  },
}
