-- The batch has locked the account.

CREATE OR REPLACE FUNCTION chat_files_begin(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  account bigint := wanted->>'accountId';
  bytes bigint := wanted->>'size';
  moment bigint := wanted->>'at';
  taken bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM accounts a WHERE a.id = account AND a.disabled_at IS NULL) THEN
    PERFORM chat_refuse('unknown_account', json_build_object('accountId', account));
  END IF;
  SELECT coalesce(sum(greatest(f.size, :least_file_bytes)), 0) INTO taken FROM uploads f
  WHERE f.account_id = account AND f.removed_at IS NULL;
  IF taken + greatest(bytes, :least_file_bytes) > (wanted->>'quota')::bigint THEN
    RETURN to_json(false);
  END IF;
  INSERT INTO uploads (id, account_id, name, type, size, received, created_at, touched_at)
  VALUES (wanted->>'fileId', account, wanted->>'name', wanted->>'type', bytes, 0, moment, moment);
  RETURN to_json(true);
END $$;

-- An upload may take longer than its account stays.
CREATE OR REPLACE FUNCTION chat_is_owned(account bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM accounts a WHERE a.id = account AND a.disabled_at IS NULL)
$$;

-- The rest locks nothing before: each row is one account's, and nobody waits for a second one.

CREATE OR REPLACE FUNCTION chat_files_advance(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  UPDATE uploads f SET received = (wanted->>'to')::bigint, touched_at = (wanted->>'at')::bigint
  WHERE f.id = wanted->>'fileId' AND f.received = (wanted->>'from')::bigint AND f.sha256 IS NULL
    AND f.removed_at IS NULL AND chat_is_owned(f.account_id);
  RETURN to_json(FOUND);
END $$;

CREATE OR REPLACE FUNCTION chat_files_complete(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  UPDATE uploads f SET sha256 = wanted->>'sha256', type = wanted->>'type', width = (wanted->>'width')::bigint,
    height = (wanted->>'height')::bigint, touched_at = (wanted->>'at')::bigint
  WHERE f.id = wanted->>'fileId' AND f.received = f.size AND f.sha256 IS NULL AND f.removed_at IS NULL;
  RETURN to_json(FOUND);
END $$;

CREATE OR REPLACE FUNCTION chat_files_remove(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  UPDATE uploads f SET removed_at = (wanted->>'at')::bigint, name = ''
  WHERE f.id = wanted->>'fileId' AND f.account_id = (wanted->>'accountId')::bigint AND f.conversation_id IS NULL
    AND f.removed_at IS NULL;
  RETURN to_json(FOUND);
END $$;

-- Several rows at once: those that another node has in hand are left to the next time.
CREATE OR REPLACE FUNCTION chat_files_remove_idle(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  removed bigint;
BEGIN
  UPDATE uploads SET removed_at = (wanted->>'at')::bigint, name = '' WHERE id IN (
    SELECT f.id FROM uploads f
    WHERE f.conversation_id IS NULL AND f.removed_at IS NULL AND f.touched_at < (wanted->>'since')::bigint
    ORDER BY f.touched_at LIMIT (wanted->>'limit')::bigint FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN to_json(removed);
END $$;

CREATE OR REPLACE FUNCTION chat_files_forget(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM uploads WHERE id IN (
    SELECT f.id FROM uploads f
    WHERE f.id IN (SELECT json_array_elements_text(wanted->'fileIds')) AND f.removed_at IS NOT NULL
    FOR UPDATE SKIP LOCKED);
  RETURN 'null';
END $$;

-- A send with files, whose sender's account and conversation the batch has locked. Answers what chat_append does of it,
-- and the files as the message shows them.
CREATE OR REPLACE FUNCTION chat_append_with_files(send json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  answer json := chat_append(json_build_array(send))->0;
  wish text;
  taken uploads%ROWTYPE;
  shown json[] := '{}';
BEGIN
  IF answer->>'refusal' IS NOT NULL THEN
    RAISE EXCEPTION '%', answer->>'refusal' USING ERRCODE = 'PC001', DETAIL = (answer->'details')::text;
  ELSIF json_typeof(answer) = 'object' THEN
    RETURN answer->'value';
  END IF;
  FOR wish IN SELECT json_array_elements_text(send->'files') LOOP
    UPDATE uploads f SET conversation_id = (send->>'conversation')::bigint, seq = (answer->>1)::bigint
    WHERE f.id = wish AND f.account_id = (send->>'sender')::bigint AND f.sha256 IS NOT NULL
      AND f.conversation_id IS NULL AND f.removed_at IS NULL
    RETURNING f.* INTO taken;
    IF NOT FOUND THEN
      PERFORM chat_refuse('unknown_file', json_build_object('fileId', wish));
    END IF;
    shown := shown || json_build_object('fileId', taken.id, 'name', taken.name, 'type', taken.type,
      'size', taken.size, 'width', taken.width, 'height', taken.height);
  END LOOP;
  UPDATE messages t SET attachments = array_to_json(shown)::text
  WHERE t.conversation_id = (send->>'conversation')::bigint AND NOT t.is_deleted AND t.seq = (answer->>1)::bigint;
  RETURN json_build_object('sent', answer, 'attachments', array_to_json(shown));
END $$;
