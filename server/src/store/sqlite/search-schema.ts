/**
 * The words of messages, as `store/search-index.ts` makes them, and how far they are indexed. Messages that are there
 * already are indexed by the server, beside its other work.
 */
export const SEARCH = `
CREATE VIRTUAL TABLE search USING fts5 (
  words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_'"
);

CREATE TABLE search_position (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Messages up to this id are indexed.
  message_id INTEGER NOT NULL
) STRICT;
INSERT INTO search_position (id, message_id) VALUES (1, 0);
`
