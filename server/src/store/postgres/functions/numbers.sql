-- The batch has locked the numbers of every account that its writes may touch: see `numbers` in store/writes.

-- Gives an account's next number to a row of its own state.
CREATE OR REPLACE FUNCTION chat_number(account bigint, kind text, key text, is_gone boolean) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  drawn bigint;
BEGIN
  INSERT INTO account_numbers AS n (account_id, last) VALUES (account, 1)
  ON CONFLICT (account_id) DO UPDATE SET last = n.last + 1
  RETURNING n.last INTO STRICT drawn;
  INSERT INTO account_rows AS r (account_id, kind, key, number, is_gone)
  VALUES (account, chat_number.kind, chat_number.key, drawn, chat_number.is_gone)
  ON CONFLICT ON CONSTRAINT account_rows_pkey DO UPDATE SET number = excluded.number, is_gone = excluded.is_gone;
  RETURN drawn;
END $$;

-- As chat_number; answers the row as it was touched.
CREATE OR REPLACE FUNCTION chat_touch(account bigint, kind text, key text, is_gone boolean) RETURNS json
LANGUAGE sql AS $$
  SELECT json_build_object('accountId', account, 'kind', kind, 'key', key,
    'number', chat_number(account, kind, key, is_gone), 'isGone', is_gone)
$$;
