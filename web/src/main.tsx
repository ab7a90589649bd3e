import '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import { begin } from './state/session.ts'
import './state/theme.ts'
import './style/index.css'
import { language } from './text/index.ts'

document.documentElement.lang = language.value
const root = document.getElementById('app')
if (root) render(<App />, root)
begin()
