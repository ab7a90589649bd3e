import { THEMES, theme } from '../../state/theme.ts'
import { chooseLanguage, language, languages, t } from '../../text/index.ts'

const nameOfLanguage = (tag: string): string =>
  new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag

/** The theme and the language of this browser. */
export function Appearance() {
  return (
    <section>
      <fieldset class="choice">
        <legend>{t('settings.theme')}</legend>
        {THEMES.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="theme"
              checked={theme.value === one}
              onChange={() => {
                theme.value = one
              }}
            />
            {t(`settings.theme.${one}`)}
          </label>
        ))}
      </fieldset>
      <fieldset class="choice">
        <legend>{t('settings.language')}</legend>
        {languages.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="language"
              checked={language.value === one}
              onChange={() => chooseLanguage(one)}
            />
            <span lang={one}>{nameOfLanguage(one)}</span>
          </label>
        ))}
      </fieldset>
    </section>
  )
}
