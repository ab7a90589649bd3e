/**
 * Letters that look like one of ASCII, each before the one that it looks like, in whichever case they do. They are
 * those that fonts draw alike, out of what the Unicode Consortium's confusables (UTS #39) say of living scripts; two of
 * ASCII's own, such as l and 1, are none of them.
 */
const PAIRS = {
  cyrillic: 'аa вb сc ԁd еe ԍg нh һh іi јj кk ӏl мm оo рp ԛq ѕs тt уy ѵv ԝw ѡw хx',
  // Where capital and small letter look like different ones (Ν and ν, Η and η, Υ and υ), the small one counts.
  greek: 'αa βb γy εe ζz ηn ιi κk μm νv οo ρp τt υu χx',
  armenian: 'օo սu ոn հh ցg զq յj',
  coptic: 'ⲟo ⲣp ⲥc ⲧt ⲓi ⲕk ⲙm ⲛn ⲏh',
  cherokee: 'ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎫJ ᏦK ᏞL ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW ᏃZ',
  lisu: 'ꓐB ꓑP ꓓD ꓔT ꓖG ꓗK ꓙJ ꓚC ꓜZ ꓝF ꓟM ꓠN ꓡL ꓢS ꓣR ꓦV ꓧH ꓪW ꓫX ꓬY ꓮA ꓰE ꓲI ꓳO ꓴU',
  latin: 'ɑa ɡg ɩi ǀl ᴀa ʙb ᴄc ᴅd ᴇe ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz',
  // What keyboards put in the place of ASCII's own.
  marks: "‐- ‑- ‒- –- —- ―- −- ⁃- ‘' ’' ‛' ′' ʼ' ʻ' ʹ' ꞌ'",
} as const

/** By the letter in lower case. */
export const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  Object.values(PAIRS)
    .flatMap((pairs) => pairs.toLowerCase().split(' '))
    .map((pair) => [pair.slice(0, -1), pair.slice(-1)]),
)
