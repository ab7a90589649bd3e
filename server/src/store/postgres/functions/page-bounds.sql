-- Clients page by message id, the log is kept by seq: within a conversation both have one order.

-- The seq of the first message that is not below an id, which may be another conversation's: then found in
-- log2(n) look-ups.
CREATE OR REPLACE FUNCTION chat_seq_from(conversation bigint, message bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
  low bigint := 1;
  high bigint;
  middle bigint;
  next record;
BEGIN
  SELECT seq INTO high FROM messages WHERE id = message AND conversation_id = conversation;
  IF FOUND THEN
    RETURN high;
  END IF;
  SELECT last_seq + 1 INTO high FROM conversations WHERE id = conversation;
  WHILE low < high LOOP
    middle := (low + high) / 2;
    SELECT t.id, t.seq INTO next FROM messages t
    WHERE t.conversation_id = conversation AND NOT t.is_deleted AND t.seq >= middle ORDER BY t.seq LIMIT 1;
    IF next.id IS NULL OR next.id >= message THEN
      high := middle;
    ELSE
      low := next.seq + 1;
    END IF;
  END LOOP;
  RETURN low;
END $$;

-- The seq of the last message that is not above an id.
CREATE OR REPLACE FUNCTION chat_seq_up_to(conversation bigint, message bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT seq FROM messages WHERE id = message AND conversation_id = conversation),
    chat_seq_from(conversation, message) - 1)
$$;
