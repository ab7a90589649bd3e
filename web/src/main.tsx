import '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import { keepRelease } from './state/release.ts'
import { begin } from './state/session.ts'
import './state/theme.ts'
import './style/index.css'
import { language } from './text/index.ts'

document.documentElement.lang = language.value
const root = document.getElementById('app')
if (root) render(<App />, root)
// A file that is dropped beside a conversation would take the page's place.
for (const type of ['dragover', 'drop']) addEventListener(type, (event) => event.preventDefault())
begin()
keepRelease()
