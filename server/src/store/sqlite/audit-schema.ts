/** The acts of operators. */
export const AUDIT = `
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  origin TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- Both null until the act has ended.
  outcome TEXT,
  ended_at INTEGER
) STRICT;
`
