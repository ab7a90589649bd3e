import { computed, signal } from '@preact/signals'
import de from './de.json'
import en from './en.json'

export type TextKey = keyof typeof en
type Texts = Readonly<Record<TextKey, string>>

const LANGUAGES: Readonly<Record<string, Texts>> = { en, de }
const KEPT_AS = 'parlance.language'

const preferred = (): string => {
  const wanted = [localStorage.getItem(KEPT_AS), ...navigator.languages]
  const known = wanted.map((tag) => tag?.split('-')[0]).find((tag) => tag !== undefined && tag in LANGUAGES)
  return known ?? 'en'
}

export const language = signal(preferred())
const texts = computed<Texts>(() => LANGUAGES[language.value] ?? en)

/** The language as its reader's own region writes times and numbers. */
export const locale = computed(
  () => navigator.languages.find((tag) => tag.split('-')[0] === language.value) ?? language.value,
)

export const languages = Object.keys(LANGUAGES)

export function chooseLanguage(chosen: string): void {
  localStorage.setItem(KEPT_AS, chosen)
  language.value = chosen
  document.documentElement.lang = chosen
}

/** A text in the reader's language. `{name}` in it is replaced by the value of that name. */
export const t = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
  texts.value[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

/** A text that counts: of `one` and `other`, the form that the language wants for the number, which is `{n}` in it. */
export function count(n: number, keys: { readonly one: TextKey; readonly other: TextKey }): string {
  const form = new Intl.PluralRules(language.value).select(n)
  return t(form === 'one' ? keys.one : keys.other, { n: new Intl.NumberFormat(locale.value).format(n) })
}

/** Some names in a row, as the language writes it. */
export const listText = (names: readonly string[]): string =>
  new Intl.ListFormat(language.value, { type: 'conjunction' }).format(names)
