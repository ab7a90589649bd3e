/** The order in which the files begin: a long one that began last would be waited for alone. */
export const longestFirst = (files: readonly string[]): string[] => [...files]
