-- Gives the next change number of a conversation, whose row is locked, to anything but a message's sending.
CREATE OR REPLACE FUNCTION chat_record(conversation bigint, kind text, account bigint, message bigint, at bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  number bigint;
  seq bigint;
BEGIN
  UPDATE conversations 
  SET last_change = last_change + 1, rewrites = rewrites + (chat_record.kind IN ('edited', 'deleted'))::int
  WHERE id = conversation
  RETURNING last_change, last_seq INTO STRICT number, seq;
  INSERT INTO changes (conversation_id, change, kind, account_id, message_id, last_seq, at)
  VALUES (conversation, number, kind, account, message, seq, at);
  RETURN number;
END $$;
