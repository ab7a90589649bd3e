import '@preact/signals'
import { render } from 'preact'
import '../state/theme.ts'
import '../style/colours.css'
import '../style/base.css'
import '../style/controls.css'
import '../style/avatar.css'
import '../style/devices.css'
import './playground.css'
import { begin } from './playground.ts'
import { Page } from './views/page.tsx'

const root = document.getElementById('app')
if (root) render(<Page />, root)
begin()
