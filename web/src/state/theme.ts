import { effect, signal } from '@preact/signals'

export const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]
const KEPT_AS = 'parlance.theme'

const kept = localStorage.getItem(KEPT_AS)

export const theme = signal<Theme>(THEMES.find((one) => one === kept) ?? 'system')

effect(() => {
  localStorage.setItem(KEPT_AS, theme.value)
  document.documentElement.dataset.theme = theme.value
})
