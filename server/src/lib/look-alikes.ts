/**
 * Letters that look like an ASCII letter, each before that letter, in the case in which they look alike. They are the
 * pairs that fonts draw alike, out of the Unicode Consortium's confusables (UTS #39) of living scripts. Pairs within
 * ASCII, such as l and 1, are left out.
 */
const PAIRS = {
  cyrillic: 'аa вb сc ԁd еe ԍg нh һh іi јj кk ӏl мm оo рp ԛq ѕs тt уy ѵv ԝw ѡw хx',
  // Where a capital and its small letter look like different letters (Ν and ν, Η and η, Υ and υ), the small one counts.
  greek: 'αa βb γy εe ζz ηn ιi κk μm νv οo ρp τt υu χx',
  armenian: 'օo սu ոn հh ցg զq յj',
  coptic: 'ⲟo ⲣp ⲥc ⲧt ⲓi ⲕk ⲙm ⲛn ⲏh',
  cherokee: 'ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎫJ ᏦK ᏞL ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW ᏃZ',
  lisu: 'ꓐB ꓑP ꓓD ꓔT ꓖG ꓗK ꓙJ ꓚC ꓜZ ꓝF ꓟM ꓠN ꓡL ꓢS ꓣR ꓦV ꓧH ꓪW ꓫX ꓬY ꓮA ꓰE ꓲI ꓳO ꓴU',
  latin: 'ɑa ɡg ɩi ǀl ᴀa ʙb ᴄc ᴅd ᴇe ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz',
  // Marks that keyboards put in the place of ASCII's own.
  marks: "‐- ‑- ‒- –- —- ―- −- ⁃- ‘' ’' ‛' ′' ʼ' ʻ' ʹ' ꞌ'",
} as const

/** The ASCII letter by its look-alike, both in lower case. */
export const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  Object.values(PAIRS)
    .flatMap((pairs) => pairs.toLowerCase().split(' '))
    .map((pair) => [pair.slice(0, -1), pair.slice(-1)]),
)
