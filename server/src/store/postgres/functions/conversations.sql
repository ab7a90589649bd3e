-- Older versions'.
DROP FUNCTION IF EXISTS chat_created(bigint, boolean);

CREATE OR REPLACE FUNCTION chat_created(conversation bigint, is_new boolean, touched json) RETURNS json
LANGUAGE sql AS $$
  SELECT json_build_object(
    'conversation', (SELECT row_to_json(r) FROM (
      SELECT :conversation_columns FROM conversations c WHERE c.id = conversation) r),
    'members', (SELECT json_agg(r) FROM (
      SELECT :member_columns FROM members m JOIN accounts a ON a.id = m.account_id
      WHERE m.conversation_id = conversation ORDER BY m.id) r),
    'isNew', is_new, 'isRepeat', false, 'touched', touched)
$$;

CREATE OR REPLACE FUNCTION chat_repeated_conversation(conversation bigint, creator bigint, is_new boolean) RETURNS json
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT chat_is_member(conversation, creator) THEN
    PERFORM chat_refuse('not_a_member', json_build_object('conversationId', conversation));
  END IF;
  RETURN json_build_object(
    'conversation', (SELECT row_to_json(r) FROM (
      SELECT :conversation_columns FROM conversations c WHERE c.id = conversation) r),
    'members', json_build_array(chat_member(conversation, creator)),
    'isNew', is_new, 'isRepeat', true, 'touched', '[]'::json);
END $$;

CREATE OR REPLACE FUNCTION chat_conversations_create(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  creator bigint := wanted->>'creatorId';
  at bigint := wanted->>'at';
  member_ids bigint[] := ARRAY(SELECT value::bigint FROM json_array_elements_text(wanted->'memberIds'));
  new_id bigint;
  member_id bigint;
  first request_keys%ROWTYPE;
  touched json[] := '{}';
BEGIN
  first := chat_repeated(creator, wanted->'once', at);
  IF first.key IS NOT NULL THEN
    RETURN chat_repeated_conversation(first.result_id, creator, first.is_new);
  END IF;
  SELECT id INTO new_id FROM conversations WHERE pair = wanted->>'pair';
  IF FOUND THEN
    FOREACH member_id IN ARRAY member_ids LOOP
      PERFORM chat_require_reachable(member_id, creator);
    END LOOP;
    PERFORM chat_keep_key(creator, wanted->'once', new_id, false, at);
    RETURN chat_created(new_id, false, '[]');
  END IF;
  PERFORM chat_require_admissible(creator, creator, wanted->>'kind');
  FOREACH member_id IN ARRAY member_ids LOOP
    PERFORM chat_require_admissible(member_id, creator, wanted->>'kind');
  END LOOP;
  -- A name is looked up as a gid first: one that equals a gid would lead elsewhere.
  IF EXISTS (SELECT FROM conversations
        WHERE name_key = wanted->>'nameKey' OR name_look = wanted->>'nameLook')
      OR wanted->>'nameKey' IS NOT NULL AND EXISTS (SELECT FROM conversations WHERE gid = wanted->>'name') THEN
    PERFORM chat_refuse('conversation_name_taken');
  END IF;
  INSERT INTO conversations (gid, kind, name, name_key, name_look, pair, creator_id, created_at, updated_at,
    activity_at, topic, is_listed, member_count)
  VALUES (wanted->>'gid', wanted->>'kind', wanted->>'name', wanted->>'nameKey', wanted->>'nameLook',
    wanted->>'pair', creator, at, at, at, wanted->>'topic', 
    coalesce((wanted->>'isListed')::boolean, false), cardinality(member_ids))
  RETURNING id INTO new_id;
  INSERT INTO members (conversation_id, account_id, role, joined_at)
  SELECT new_id, a.id,
    CASE WHEN a.id = creator AND wanted->>'kind' <> 'private' AND NOT a.is_guest THEN 'owner' ELSE 'member' END, at
  FROM unnest(member_ids) WITH ORDINALITY AS u (id, place) JOIN accounts a ON a.id = u.id ORDER BY place;
  PERFORM chat_record(new_id, 'created', creator, NULL, at);
  FOREACH member_id IN ARRAY member_ids LOOP
    touched := touched || chat_touch(member_id, 'membership', new_id::text, false);
  END LOOP;
  PERFORM chat_keep_key(creator, wanted->'once', new_id, true, at);
  RETURN chat_created(new_id, true, array_to_json(touched));
END $$;

-- The batch has locked the conversation.
CREATE OR REPLACE FUNCTION chat_conversations_change(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  changer bigint := wanted->>'byId';
  at bigint := wanted->>'at';
  c conversations%ROWTYPE;
  old conversations%ROWTYPE;
BEGIN
  PERFORM chat_require_role(conversation, changer, wanted->'seen'->>'by');
  SELECT * INTO STRICT old FROM conversations WHERE id = conversation;
  c := old;
  -- A value that is null differs from one that is not given.
  IF wanted->'name' IS NOT NULL THEN
    c.name := wanted->>'name';
  END IF;
  IF wanted->'topic' IS NOT NULL THEN
    c.topic := wanted->>'topic';
  END IF;
  c.is_listed := coalesce((wanted->>'isListed')::boolean, old.is_listed);
  c.members_add := coalesce((wanted->>'membersAdd')::boolean, old.members_add);
  IF wanted->'retentionDays' IS NOT NULL THEN
    c.retention_days := wanted->>'retentionDays';
  END IF;
  IF c IS NOT DISTINCT FROM old THEN
    RETURN chat_changed(conversation, false);
  END IF;
  IF c.is_listed AND c.name IS NULL THEN
    PERFORM chat_refuse('name_refused', '{"field": "conversationName", "fault": "blank"}');
  END IF;
  IF c.kind = 'open' AND c.name IS DISTINCT FROM old.name THEN
    c.name_key := wanted->>'nameKey';
    c.name_look := wanted->>'nameLook';
    IF EXISTS (SELECT FROM conversations o
        WHERE (o.name_key = c.name_key OR o.name_look = c.name_look OR o.gid = c.name) AND o.id <> conversation) THEN
      PERFORM chat_refuse('conversation_name_taken');
    END IF;
  END IF;
  UPDATE conversations SET name = c.name, name_key = c.name_key, name_look = c.name_look, topic = c.topic,
    is_listed = c.is_listed, members_add = c.members_add, retention_days = c.retention_days
  WHERE id = conversation;
  PERFORM chat_record(conversation, 'conversation_changed', changer, NULL, at);
  PERFORM chat_move(conversation, at);
  RETURN chat_changed(conversation, true);
END $$;

CREATE OR REPLACE FUNCTION chat_changed(conversation bigint, is_new boolean) RETURNS json LANGUAGE sql AS $$
  SELECT json_build_object('conversation', row_to_json(r), 'isNew', is_new) FROM (
    SELECT :conversation_columns FROM conversations c WHERE c.id = conversation) r
$$;
