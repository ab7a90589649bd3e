/** So long a file may take to close what its tests have opened. */
export const GRACE_MS = 60_000
