const DEPTH = Number(process.env.PARLANCE_TEST_DEEP ?? 1)
if (!(DEPTH > 0)) throw new Error('PARLANCE_TEST_DEEP is a number of times, such as 10')

/** A number of trials, of which any finds what it finds by chance: `PARLANCE_TEST_DEEP` times as many for a night of looking. */
export const deep = (trials: number): number => Math.max(1, Math.round(trials * DEPTH))
