/**
 * The words of messages, as `store/search-index.ts` makes them, and how far they are indexed. Messages that are there
 * already are indexed by the servers, beside their other work.
 */
export const SEARCH = `
CREATE TABLE search (
  message_id bigint PRIMARY KEY,
  words tsvector NOT NULL
);
-- Without a list of pending entries, which each search would have to read through.
CREATE INDEX search_words ON search USING gin (words) WITH (fastupdate = off);

CREATE TABLE search_position (
  id int PRIMARY KEY CHECK (id = 1),
  -- Messages up to this id are indexed.
  message_id bigint NOT NULL
);
`
