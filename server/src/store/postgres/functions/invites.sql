-- The batch has locked the conversation.

CREATE OR REPLACE FUNCTION chat_invites_create(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  maker bigint := wanted->>'byId';
  at bigint := wanted->>'at';
  first request_keys%ROWTYPE;
  made json;
BEGIN
  PERFORM chat_require_role(conversation, maker, wanted->'seen'->>'by');
  first := chat_repeated(maker, wanted->'once', at);
  IF first.key IS NOT NULL THEN
    RETURN chat_repeated_invite(first.result_id, conversation, first.nonce);
  END IF;
  DELETE FROM invites i WHERE i.conversation_id = conversation AND (i.expires_at <= at OR i.uses >= i.max_uses);
  IF (SELECT count(*) FROM invites i WHERE i.conversation_id = conversation) >= :max_invites THEN
    PERFORM chat_refuse('rate_limited');
  END IF;
  WITH i AS (
    INSERT INTO invites (conversation_id, maker_id, digest, created_at, expires_at, max_uses)
    VALUES (conversation, maker, wanted->>'digest', at, (wanted->>'expiresAt')::bigint, (wanted->>'maxUses')::bigint)
    RETURNING *
  )
  SELECT row_to_json(r) INTO made FROM (SELECT :invite_columns FROM i) r;
  PERFORM chat_keep_key(maker, wanted->'once', (made->>'inviteId')::bigint, true, at);
  RETURN json_build_object('invite', made, 'digest', wanted->>'digest', 'nonce', wanted->'once'->'nonce',
    'isRepeat', false);
END $$;

CREATE OR REPLACE FUNCTION chat_repeated_invite(invite bigint, conversation bigint, nonce text) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
  shown json;
  digest text;
BEGIN
  SELECT row_to_json(r), i.digest INTO shown, digest FROM invites i CROSS JOIN LATERAL (SELECT :invite_columns) r
  WHERE i.id = invite AND i.conversation_id = conversation;
  IF NOT FOUND THEN
    PERFORM chat_refuse('idempotency_key_reused');
  END IF;
  RETURN json_build_object('invite', shown, 'digest', digest, 'nonce', nonce, 'isRepeat', true);
END $$;

CREATE OR REPLACE FUNCTION chat_invites_join(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  account bigint := wanted->>'accountId';
  at bigint := wanted->>'at';
  invite invites%ROWTYPE;
  kind text;
  last bigint;
BEGIN
  SELECT i.* INTO invite FROM invites i WHERE i.digest = wanted->>'digest' AND i.conversation_id = conversation;
  IF NOT FOUND OR invite.expires_at <= at OR invite.uses >= invite.max_uses THEN
    PERFORM chat_refuse('unknown_conversation');
  ELSIF chat_role(conversation, invite.maker_id) IS DISTINCT FROM wanted->'seen'->>'maker' THEN
    PERFORM chat_refuse('conflict', json_build_object('conversationId', conversation));
  ELSIF EXISTS (SELECT FROM bans b WHERE b.conversation_id = conversation AND b.account_id = account)
      OR EXISTS (SELECT FROM conversations c WHERE c.id = conversation AND c.deleted_at IS NOT NULL) THEN
    PERFORM chat_refuse('unknown_conversation');
  END IF;
  SELECT c.kind, c.last_change INTO STRICT kind, last FROM conversations c WHERE c.id = conversation;
  IF chat_is_member(conversation, account) THEN
    RETURN json_build_object('member', chat_member(conversation, account), 'change', last, 'isNew', false,
      'touched', '[]'::json);
  END IF;
  PERFORM chat_require_admissible(account, account, kind);
  UPDATE invites i SET uses = i.uses + 1 WHERE i.id = invite.id;
  RETURN chat_begin(conversation, account, at);
END $$;

CREATE OR REPLACE FUNCTION chat_invites_revoke(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  PERFORM chat_require_role((wanted->>'conversationId')::bigint, (wanted->>'byId')::bigint, wanted->'seen'->>'by');
  DELETE FROM invites
  WHERE id = (wanted->>'inviteId')::bigint AND conversation_id = (wanted->>'conversationId')::bigint;
  RETURN 'null';
END $$;

CREATE OR REPLACE FUNCTION chat_invites_end(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM invites WHERE id = (wanted->>'inviteId')::bigint;
  RETURN to_json(FOUND);
END $$;
