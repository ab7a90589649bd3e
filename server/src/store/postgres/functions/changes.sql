-- An older version's, from before some changes had data.
DROP FUNCTION IF EXISTS chat_record(bigint, text, bigint, bigint, bigint);

-- Gives the next change number of a conversation, whose row is locked, to anything but a message's sending.
CREATE OR REPLACE FUNCTION chat_record(conversation bigint, kind text, account bigint, message bigint, at bigint,
  data json DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  number bigint;
  seq bigint;
BEGIN
  UPDATE conversations
  SET last_change = last_change + 1, rewrites = rewrites + (chat_record.kind IN ('edited', 'deleted', 'purged'))::int
  WHERE id = conversation
  RETURNING last_change, last_seq INTO STRICT number, seq;
  INSERT INTO changes (conversation_id, change, kind, account_id, message_id, last_seq, at, data)
  VALUES (conversation, number, kind, account, message, seq, at, chat_record.data::text);
  RETURN number;
END $$;
