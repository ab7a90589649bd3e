-- The index of messages' words. Nodes add to it after the commits (search-follower.ts); edits and deletions change it
-- in their own transactions. An edit or a deletion holds this lock with others, and an addition alone: so none of them
-- misses what the other has not committed.

CREATE OR REPLACE FUNCTION chat_search_hold() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock_shared(hashtext(current_schema()), 7265414)
$$;

-- Adds messages, given as [{"id", "change", "words"}] in the order of their ids, and notes how far all are indexed:
-- up to `up_to`, or to the one before the first whose text has changed since it was read, which is to be read again.
-- Answers that place, or null where another node was faster.
CREATE OR REPLACE FUNCTION chat_search_step(expected bigint, up_to bigint, rows json) RETURNS bigint
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
  changed bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext(current_schema()), 7265414);
  INSERT INTO search_position (id, message_id) VALUES (1, 0) ON CONFLICT DO NOTHING;
  PERFORM FROM search_position WHERE message_id = expected FOR UPDATE;
  -- While an import is not done, ids come in any order.
  IF NOT FOUND OR to_regclass('unfinished_import') IS NOT NULL THEN
    RETURN NULL;
  END IF;
  SELECT min(r.id) INTO changed
  FROM json_to_recordset(rows) AS r (id bigint, change bigint) JOIN messages t ON t.id = r.id
  WHERE NOT t.is_deleted AND coalesce(t.text_change, t.change) <> r.change;
  up_to := least(up_to, changed - 1);
  INSERT INTO search (message_id, words)
  SELECT t.id, array_to_tsvector(ARRAY(SELECT json_array_elements_text(r.words)))
  FROM json_to_recordset(rows) AS r (id bigint, words json) JOIN messages t ON t.id = r.id
  WHERE r.id <= up_to AND NOT t.is_deleted
  ON CONFLICT (message_id) DO UPDATE SET words = excluded.words;
  UPDATE search_position SET message_id = greatest(up_to, expected);
  RETURN greatest(up_to, expected);
END $$;

-- An older version's, which did nothing where a text had changed.
DROP FUNCTION IF EXISTS chat_search_add(bigint, bigint, json);

-- Never by going through all messages from the newest on, which a planner may think the shorter way to the newest hit.
CREATE OR REPLACE FUNCTION chat_search_hits(query text, after bigint, before bigint, most bigint)
RETURNS TABLE (id bigint) LANGUAGE sql STABLE SET enable_seqscan = off SET jit = off AS $$
  WITH hits AS MATERIALIZED (SELECT s.message_id FROM search s WHERE s.words @@ query::tsquery)
  SELECT h.message_id FROM hits h WHERE h.message_id > after AND h.message_id < before
  ORDER BY h.message_id DESC LIMIT most
$$;

-- The id of the first message that was sent then or later, in log2(n) look-ups: ids grow with time.
CREATE OR REPLACE FUNCTION chat_id_from(moment bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  low bigint := 1;
  high bigint := (SELECT coalesce(max(id), 0) + 1 FROM messages);
  middle bigint;
  next record;
BEGIN
  WHILE low < high LOOP
    middle := (low + high) / 2;
    SELECT t.id, t.sent_at INTO next FROM messages t WHERE t.id >= middle ORDER BY t.id LIMIT 1;
    IF next.id IS NULL OR next.sent_at >= moment THEN
      high := middle;
    ELSE
      low := next.id + 1;
    END IF;
  END LOOP;
  RETURN low;
END $$;
