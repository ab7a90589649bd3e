-- A write is a function of the database, named as the command: 'members.join' is chat_members_join. One call runs a
-- whole batch of them, in order and in one transaction: so a batch costs one round trip and one fsync, and its locks
-- are held no longer than that.

CREATE OR REPLACE FUNCTION chat_refuse(code text, details json DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', code USING ERRCODE = 'PC001', DETAIL = details::text;
END $$;

-- An older version's, from before accounts had numbers.
DROP FUNCTION IF EXISTS chat_lock(bigint[], bigint[], bigint[]);

-- Every batch locks in the same order: two nodes must not wait for each other. The statements after a lock see what
-- its last holder committed.
CREATE OR REPLACE FUNCTION chat_lock(conversation_ids bigint[], account_ids bigint[], message_ids bigint[],
  number_ids bigint[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM conversations
  WHERE id = ANY (conversation_ids)
    OR id = ANY (ARRAY(SELECT conversation_id FROM messages WHERE id = ANY (message_ids)))
  ORDER BY id FOR NO KEY UPDATE;
  PERFORM 1 FROM accounts WHERE id = ANY (account_ids) ORDER BY id FOR NO KEY UPDATE;
  IF cardinality(number_ids) > 0 THEN
    -- All missing rows first, in order as well: then each row that is locked below has been committed, or is ours.
    INSERT INTO account_numbers (account_id, last)
    SELECT a.id, 0 FROM accounts a
    WHERE a.id = ANY (number_ids) AND NOT EXISTS (SELECT FROM account_numbers n WHERE n.account_id = a.id)
    ORDER BY a.id
    ON CONFLICT DO NOTHING;
    PERFORM 1 FROM account_numbers WHERE account_id = ANY (number_ids) ORDER BY account_id FOR NO KEY UPDATE;
  END IF;
END $$;

-- One step of a batch. A refusal takes back this step only, and is an answer like any other.
CREATE OR REPLACE FUNCTION chat_step(name text, argument json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  answer json;
  code text;
  details text;
BEGIN
  FOR attempt IN 1..3 LOOP
    BEGIN
      EXECUTE format('SELECT %I($1)', 'chat_' || name) INTO answer USING argument;
      RETURN json_build_object('value', answer);
    EXCEPTION
      WHEN SQLSTATE 'PC001' THEN
        GET STACKED DIAGNOSTICS code = MESSAGE_TEXT, details = PG_EXCEPTION_DETAIL;
        RETURN json_build_object('refusal', code, 'details', details::json);
      WHEN unique_violation THEN
        -- Another node was first, just now: the next attempt sees what it has written.
        code := SQLERRM;
      WHEN OTHERS THEN
        -- The engine's failure is everybody's; whatever else it is, this write's alone.
        IF left(SQLSTATE, 2) IN ('08', '25', '40', '53', '55', '57', '58', 'XX') THEN
          RAISE;
        END IF;
        RETURN json_build_object('defect', SQLERRM);
    END;
  END LOOP;
  RETURN json_build_object('defect', code);
END $$;

CREATE OR REPLACE FUNCTION chat_ping(nothing json) RETURNS json LANGUAGE sql AS $$ SELECT NULL::json $$;

-- Sends of a run. Only if one of them cannot be taken (as when another node's send has the same client id), each
-- goes by itself.
CREATE OR REPLACE FUNCTION chat_sends(sends json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  RETURN chat_append(sends);
EXCEPTION WHEN OTHERS THEN
  IF left(SQLSTATE, 2) IN ('08', '25', '40', '53', '55', '57', '58', 'XX') THEN
    RAISE;
  END IF;
  RETURN (SELECT json_agg(
      CASE WHEN json_typeof(step->'value') = 'array' THEN step->'value'->0 ELSE step END ORDER BY place)
    FROM (SELECT place, chat_step('append', json_build_array(send)) AS step
      FROM json_array_elements(sends) WITH ORDINALITY AS s (send, place)) steps);
END $$;

-- Runs the steps and answers each. The same number again, from a writer whose answer was lost on the way, is
-- answered as it was and runs nothing twice. One that was long on its way, and has been sent again or given up
-- before others that are here already, runs no more: nobody waits for its answer.
CREATE OR REPLACE FUNCTION chat_batch(writer text, batch bigint, locks json, steps json) RETURNS json
LANGUAGE plpgsql
-- The tables' statistics are late where a conversation is new; the right plan is always to look up by index.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  last_batch bigint;
  last_answers json;
  step json;
  done json[] := '{}';
BEGIN
  INSERT INTO writers (id, batch) SELECT writer, 0 WHERE NOT EXISTS (SELECT FROM writers w WHERE w.id = writer)
  ON CONFLICT DO NOTHING;
  SELECT w.batch, w.answers INTO last_batch, last_answers FROM writers w WHERE w.id = writer FOR UPDATE;
  IF last_batch = batch THEN
    RETURN last_answers;
  END IF;
  IF last_batch > batch THEN
    RETURN NULL;
  END IF;
  PERFORM chat_lock(
    ARRAY(SELECT value::bigint FROM json_array_elements_text(locks->'conversations')),
    ARRAY(SELECT value::bigint FROM json_array_elements_text(locks->'accounts')),
    ARRAY(SELECT value::bigint FROM json_array_elements_text(locks->'messages')),
    ARRAY(SELECT value::bigint FROM json_array_elements_text(locks->'numbers')));
  FOR step IN SELECT value FROM json_array_elements(steps) LOOP
    done := done || CASE WHEN step->>0 = 'sends' THEN chat_sends(step->1)
      ELSE chat_step(step->>0, step->1) END;
  END LOOP;
  UPDATE writers w SET batch = chat_batch.batch, answers = array_to_json(done), at = now() WHERE w.id = writer;
  RETURN array_to_json(done);
END $$;
