-- The batch has locked the conversation.

CREATE OR REPLACE FUNCTION chat_pins_set(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  place bigint := wanted->>'seq';
  pinner bigint := wanted->>'by';
  wished bigint := CASE WHEN (wanted->>'isPinned')::boolean THEN (wanted->>'at')::bigint END;
  found_one messages%ROWTYPE;
  number bigint;
BEGIN
  SELECT t.* INTO found_one FROM messages t JOIN members m ON m.conversation_id = t.conversation_id
  WHERE t.conversation_id = conversation AND NOT t.is_deleted AND t.seq = place AND m.account_id = pinner;
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_message', json_build_object('conversationId', conversation, 'seq', place));
  ELSIF (SELECT :is_pinner_blocked FROM conversations c WHERE c.id = conversation) THEN
    PERFORM chat_refuse('message_refused', json_build_object('conversationId', conversation));
  END IF;
  PERFORM chat_require_role(conversation, pinner, wanted->>'seen');
  IF (found_one.pinned_at IS NULL) = (wished IS NULL) THEN
    RETURN json_build_object('messageId', found_one.id, 'pinnedAt', found_one.pinned_at, 'isNew', false,
      'change', coalesce(found_one.version, found_one.change));
  END IF;
  number := chat_record(conversation, CASE WHEN wished IS NULL THEN 'unpinned' ELSE 'pinned' END, pinner,
    found_one.id, (wanted->>'at')::bigint);
  UPDATE messages SET pinned_at = wished, version = number WHERE id = found_one.id;
  RETURN json_build_object('messageId', found_one.id, 'pinnedAt', wished, 'isNew', true, 'change', number);
END $$;

-- The reason why an account may not have that reaction to a message; null if it may.
CREATE OR REPLACE FUNCTION chat_reaction_refusal(conversation bigint, account bigint, is_one_too_many boolean)
RETURNS text LANGUAGE sql AS $$
  SELECT CASE
      WHEN NOT chat_is_member(conversation, account) THEN 'unknown_message'
      WHEN :is_account_blocked THEN 'message_refused'
      WHEN is_one_too_many THEN 'reaction_refused'
    END
  FROM conversations c WHERE c.id = conversation
$$;

-- The newest three accounts with that reaction, oldest first.
CREATE OR REPLACE FUNCTION chat_last_reactions(conversation bigint, place bigint, reaction text) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT jsonb_agg(account_id ORDER BY at, account_id) FROM (
    SELECT account_id, at FROM reactions
    WHERE conversation_id = conversation AND seq = place AND key = reaction
    ORDER BY at DESC, account_id DESC LIMIT 3) newest
$$;

CREATE OR REPLACE FUNCTION chat_reactions_apply(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  place bigint := wanted->>'seq';
  found_one messages%ROWTYPE;
  summary jsonb;
  wish record;
  -- Keys in the order in which they came, and their counts.
  keys text[];
  counts bigint[];
  slot int;
  refusal text;
  refusals text[] := '{}';
  is_moved boolean;
  -- Reactions that were put or removed: {name: {n, account, key, added, was}}.
  touched jsonb := '{}';
  told jsonb;
  number bigint;
BEGIN
  SELECT t.* INTO found_one FROM messages t
  WHERE t.conversation_id = conversation AND NOT t.is_deleted AND t.seq = place;
  IF NOT FOUND THEN
    PERFORM chat_refuse('unknown_message', json_build_object('conversationId', conversation, 'seq', place));
  END IF;
  summary := coalesce(found_one.reactions, '[]')::jsonb;
  SELECT coalesce(array_agg(e->>'key' ORDER BY n), '{}'), coalesce(array_agg((e->>'count')::bigint ORDER BY n), '{}')
  INTO keys, counts FROM jsonb_array_elements(summary) WITH ORDINALITY AS s (e, n);
  FOR wish IN
    SELECT * FROM json_to_recordset(wanted->'wishes') AS w ("accountId" bigint, key text, "isAdded" boolean, at bigint)
  LOOP
    slot := array_position(keys, wish.key);
    refusal := chat_reaction_refusal(conversation, wish."accountId", wish."isAdded"
      AND coalesce(counts[slot], 0) = 0
      AND (SELECT count(*) FROM unnest(counts) AS c (n) WHERE c.n > 0) >= :max_reaction_keys);
    refusals := refusals || refusal;
    CONTINUE WHEN refusal IS NOT NULL;
    IF wish."isAdded" THEN
      INSERT INTO reactions (conversation_id, seq, key, account_id, at)
      VALUES (conversation, place, wish.key, wish."accountId", wish.at) ON CONFLICT DO NOTHING;
    ELSE
      DELETE FROM reactions
      WHERE conversation_id = conversation AND seq = place AND key = wish.key AND account_id = wish."accountId";
    END IF;
    is_moved := FOUND;
    CONTINUE WHEN NOT is_moved;
    IF slot IS NULL THEN
      keys := keys || wish.key;
      counts := counts || 0::bigint;
      slot := cardinality(keys);
    END IF;
    counts[slot] := counts[slot] + CASE WHEN wish."isAdded" THEN 1 ELSE -1 END;
    touched := jsonb_build_object(wish."accountId" || ' ' || wish.key, jsonb_build_object(
      'n', (SELECT count(*) FROM jsonb_object_keys(touched)), 'account', wish."accountId", 'key', wish.key,
      'was', NOT wish."isAdded")) || touched;
    touched := jsonb_set(touched, ARRAY[wish."accountId" || ' ' || wish.key, 'added'], to_jsonb(wish."isAdded"));
  END LOOP;
  SELECT jsonb_agg(jsonb_build_object('account', t->'account', 'key', t->'key', 'added', t->'added')
    ORDER BY (t->>'n')::int)
  INTO told FROM jsonb_each(touched) AS e (name, t) WHERE t->'was' <> t->'added';
  IF told IS NULL THEN
    RETURN json_build_object('change', coalesce(found_one.version, found_one.change), 'isNew', false,
      'reactions', summary, 'by', '[]'::json, 'refusals', to_json(refusals));
  END IF;
  number := chat_record(conversation, 'reacted', (told->0->>'account')::bigint, found_one.id,
    (SELECT max((w->>'at')::bigint) FROM json_array_elements(wanted->'wishes') AS w),
    json_build_object('reactions', told));
  SELECT coalesce(jsonb_agg(
    CASE WHEN EXISTS (SELECT FROM jsonb_array_elements(told) AS b WHERE b->>'key' = k.key)
      THEN jsonb_build_object('key', k.key, 'count', k.count,
        'last', chat_last_reactions(conversation, place, k.key))
      ELSE summary->(k.n::int - 1) END ORDER BY k.n), '[]')
  INTO summary FROM unnest(keys, counts) WITH ORDINALITY AS k (key, count, n) WHERE k.count > 0;
  UPDATE messages SET reactions = nullif(summary, '[]')::text, version = number WHERE id = found_one.id;
  RETURN json_build_object('change', number, 'isNew', true, 'reactions', summary, 'by', told,
    'refusals', to_json(refusals));
END $$;
