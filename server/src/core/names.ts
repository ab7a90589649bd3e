import { LOOK_ALIKES } from '../lib/look-alikes.ts'
import { codePointLength, isCleanText } from '../lib/text.ts'
import { ChatError, type ChatErrorDetails } from './errors.ts'

/** Names that people read. A username is also typed by people, and must not look like another. */
export type NameField = 'username' | 'displayName' | 'conversationName'

/**
 * Why a new name is refused. blank: nothing of it is visible. invisible: a part is invisible, or no character yet.
 * marks: an accent without a letter, a repeated one, or more than four on one letter. scripts: letters of several
 * scripts that look alike. reserved: a username that begins as those of removed accounts do.
 */
type NameFault = 'blank' | 'invisible' | 'marks' | 'scripts' | 'reserved'

/** Words for the things that a name must not have, for the refusals of dialects. Undefined for a blank name. */
export function faultWords({ fault }: ChatErrorDetails): string | undefined {
  if (fault === 'invisible') return 'invisible or control characters'
  if (fault === 'marks') return 'accents upon nothing or piled up'
  if (fault === 'reserved') return 'the beginning of a deleted account’s name'
  return fault === 'scripts' ? 'letters of several scripts that look alike' : undefined
}

/**
 * The name as it is stored: without spaces at its ends, which are typed by accident. Refuses 'name_refused'
 * (details.field, details.fault). Applies to new names only: existing ones stay, and are still found.
 */
export function newName(text: string, field: NameField): string {
  const name = withoutOuterSpaces(text)
  const fault = field === 'username' && RESERVED.test(name) ? 'reserved' : nameFault(name, field)
  if (fault) throw new ChatError('name_refused', { field, fault })
  return name
}

/** Characters, as people count them. */
const MAX_TOPIC = 250

/** A conversation's topic, which is any text. Refuses 'name_refused' (details.field 'topic', details.fault). */
export function newTopic(topic: string): string {
  const fault = codePointLength(topic) > MAX_TOPIC ? 'long' : isCleanText(topic) ? undefined : 'invisible'
  if (fault) throw new ChatError('name_refused', { field: 'topic', fault, maxCharacters: MAX_TOPIC })
  return topic
}

/** The fault of a new name; undefined if it has none. */
export function nameFault(name: string, field: NameField): NameFault | undefined {
  if (PLAIN.test(name)) return undefined
  // Characters that are invisible themselves but shape visible ones where they stand are not checked further.
  const seen = name.replace(EMOJI, '☺').replace(JOINERS, '')
  if (seen.replace(ALL_UNSEEN, '').trim() === '') return 'blank'
  if (UNSEEN.test(seen)) return 'invisible'
  if (LONELY_MARK.test(seen) || PILED_MARKS.test(seen.normalize('NFD'))) return 'marks'
  const isMixed = field === 'username' ? isMixedScript(name) : name.match(WORDS)?.some(isDisguised)
  return isMixed ? 'scripts' : undefined
}

/** A regular expression would begin anew at each space of a long row within the name. */
function withoutOuterSpaces(text: string): string {
  const isSpace = (at: number): boolean => SPACE.test(text[at] ?? '')
  let [from, to] = [0, text.length]
  while (isSpace(from)) from++
  while (to > from && isSpace(to - 1)) to--
  return text.slice(from, to)
}

const RESERVED = /^deleted-/i
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/
const SPACE = /\p{Zs}/u

/** Emoji of several characters. Tags could spell anything, so only the three tag sequences that exist are allowed. */
const EMOJI =
  /\p{RGI_Emoji_Tag_Sequence}|[0-9#*]\uFE0F?\u20E3|\p{Extended_Pictographic}(?:[\uFE0E\uFE0F]|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)*/gv

/** Signs that kill an Indic letter's vowel: joiners beside them choose the shape of what follows (UAX #31). */
const VIRAMAS = '\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA\u1039\u17D2'

/** Places where a script needs invisible characters: Persian between letters; Indic, Mongolian, Chinese for shapes. */
const JOINERS = new RegExp(
  [
    '(?<=[\\p{scx=Arabic}\\p{scx=Syriac}]\\p{M}{0,4})\\u200C(?=[\\p{scx=Arabic}\\p{scx=Syriac}])',
    `(?<=[${VIRAMAS}]\\p{M}{0,4})[\\u200C\\u200D]`,
    '\\u200D(?=\\u09CD)',
    '(?<=\\p{sc=Mongolian})[\\u180B-\\u180D\\u180F]',
    '(?<=\\p{sc=Han})[\\u{E0100}-\\u{E01EF}\\uFE00-\\uFE02]',
  ].join('|'),
  'gu',
)

/** Controls, ignorable characters (as Unicode says), private and unassigned ones (but future emoji's), and blanks. */
const UNSEEN =
  /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}][\p{Cn}--\p{Extended_Pictographic}][\u2800\uFFFC\u{1D159}\u{16FE4}\u{13441}\u{13442}]]/v
const ALL_UNSEEN = new RegExp(UNSEEN, 'gv')

const LONELY_MARK = /(?:^|\p{Z})\p{M}/u
/** UTS #39, 5.4: no script needs more marks. */
const PILED_MARKS = /[\p{Mn}\p{Me}]{5}|([\p{Mn}\p{Me}])\1/u

/** Scripts that are written together (UTS #39, "highly restrictive"), then the scripts of living languages. */
const SCRIPTS = [
  ...['Latin Han Hiragana Katakana', 'Latin Han Bopomofo', 'Latin Han Hangul', 'Latin', 'Cyrillic', 'Greek'],
  ...[
    'Arabic',
    'Armenian',
    'Bengali',
    'Devanagari',
    'Ethiopic',
    'Georgian',
    'Gujarati',
    'Gurmukhi',
    'Hebrew',
  ],
  ...[
    'Kannada',
    'Khmer',
    'Lao',
    'Malayalam',
    'Myanmar',
    'Oriya',
    'Sinhala',
    'Tamil',
    'Telugu',
    'Thaana',
    'Thai',
  ],
  ...['Tibetan', 'Adlam', 'Balinese', 'Bamum', 'Batak', 'Canadian_Aboriginal', 'Chakma', 'Cham', 'Cherokee'],
  ...[
    'Hanifi_Rohingya',
    'Javanese',
    'Kayah_Li',
    'Lepcha',
    'Limbu',
    'Lisu',
    'Mandaic',
    'Meetei_Mayek',
    'Miao',
  ],
  ...['Mongolian', 'Newa', 'Nko', 'Nyiakeng_Puachue_Hmong', 'Ol_Chiki', 'Osage', 'Saurashtra', 'Sundanese'],
  ...[
    'Syloti_Nagri',
    'Syriac',
    'Tai_Le',
    'Tai_Tham',
    'Tai_Viet',
    'Tifinagh',
    'Vai',
    'Wancho',
    'Yi',
    'Coptic',
  ],
]

const ofScripts = (names: string): string =>
  names
    .split(' ')
    .map((script) => `\\p{scx=${script}}`)
    .join('')

/** Compiled for the first name that is not plain. */
let written: { readonly together: readonly RegExp[]; readonly any: RegExp } | undefined

/** Whether no script, nor scripts written together, has all its characters. Shared ones, such as digits, fit any. */
function isMixedScript(name: string): boolean {
  written ??= {
    together: SCRIPTS.map(
      (names) => new RegExp(`^[${ofScripts(names)}\\p{scx=Common}\\p{scx=Inherited}]*$`, 'u'),
    ),
    any: new RegExp(`[${SCRIPTS.map(ofScripts).join('')}\\p{scx=Unknown}]`, 'u'),
  }
  // Historical scripts such as runes are mistaken for nothing else: a name of those alone is not mixed.
  return !written.together.some((script) => script.test(name)) && written.any.test(name)
}

const WORDS = /[\p{L}\p{M}\p{N}]+/gu
const LATIN = /\p{sc=Latin}/u
/** Letters that fit any word: the apostrophes of Hawaiian and others belong to no script. */
const OF_ANY_WORD = /[\p{sc=Latin}\p{sc=Common}\p{sc=Inherited}]/u

/** Whether a Latin word has a letter of another script that looks like a Latin one. */
const isDisguised = (word: string): boolean =>
  LATIN.test(word) &&
  [...word.normalize('NFD').toLowerCase()].some(
    (letter) => LOOK_ALIKES.has(letter) && !OF_ANY_WORD.test(letter),
  )
