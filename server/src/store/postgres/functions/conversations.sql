-- An older version's, from before accounts had numbers.
DROP FUNCTION IF EXISTS chat_created(bigint, boolean);

CREATE OR REPLACE FUNCTION chat_created(conversation bigint, is_new boolean, touched json) RETURNS json
LANGUAGE sql AS $$
  SELECT json_build_object(
    'conversation', (SELECT row_to_json(r) FROM (
      SELECT :conversation_columns FROM conversations c WHERE c.id = conversation) r),
    'members', (SELECT json_agg(r) FROM (
      SELECT :member_columns FROM members m JOIN accounts a ON a.id = m.account_id
      WHERE m.conversation_id = conversation ORDER BY m.id) r),
    'isNew', is_new, 'touched', touched)
$$;

CREATE OR REPLACE FUNCTION chat_conversations_create(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  creator bigint := wanted->>'creatorId';
  at bigint := wanted->>'at';
  member_ids bigint[] := ARRAY(SELECT value::bigint FROM json_array_elements_text(wanted->'memberIds'));
  new_id bigint;
  member_id bigint;
  touched json[] := '{}';
BEGIN
  SELECT id INTO new_id FROM conversations WHERE pair = wanted->>'pair';
  IF FOUND THEN
    FOREACH member_id IN ARRAY member_ids LOOP
      PERFORM chat_require_reachable(member_id, creator);
    END LOOP;
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
    activity_at)
  VALUES (wanted->>'gid', wanted->>'kind', wanted->>'name', wanted->>'nameKey', wanted->>'nameLook',
    wanted->>'pair', creator, at, at, at)
  RETURNING id INTO new_id;
  INSERT INTO members (conversation_id, account_id, role, joined_at)
  SELECT new_id, a.id,
    CASE WHEN a.id = creator AND wanted->>'kind' <> 'private' AND NOT a.is_guest THEN 'owner' ELSE 'member' END, at
  FROM unnest(member_ids) WITH ORDINALITY AS u (id, place) JOIN accounts a ON a.id = u.id ORDER BY place;
  PERFORM chat_record(new_id, 'created', creator, NULL, at);
  FOREACH member_id IN ARRAY member_ids LOOP
    touched := touched || chat_touch(member_id, 'membership', new_id::text, false);
  END LOOP;
  RETURN chat_created(new_id, true, array_to_json(touched));
END $$;
