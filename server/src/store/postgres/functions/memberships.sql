-- The batch has locked the conversation.

CREATE OR REPLACE FUNCTION chat_memberships_mark_read_up_to(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  account bigint := wanted->>'accountId';
  is_forced boolean := wanted->>'isForced';
  before record;
  place bigint;
  mark bigint;
  unread bigint;
  mentions bigint;
  touched json := '[]';
BEGIN
  SELECT :read_seq AS mark, c.last_seq INTO before FROM members m JOIN conversations c ON c.id = m.conversation_id
  WHERE m.conversation_id = conversation AND m.account_id = account;
  IF NOT FOUND THEN
    PERFORM chat_refuse('not_a_member', json_build_object('conversationId', conversation));
  END IF;
  place := least(greatest((wanted->>'seq')::bigint, 0), before.last_seq);
  mark := CASE WHEN is_forced THEN place ELSE greatest(place, before.mark) END;
  -- The member's messages so far are in the mark, or were taken out of it by force: only later ones move it again.
  UPDATE members SET read_seq = mark, sent_seq = before.last_seq
  WHERE conversation_id = conversation AND account_id = account;
  IF NOT is_forced THEN
    UPDATE members SET last_read_seq = greatest(last_read_seq, place), last_read_at = greatest(last_read_at, r.at)
    FROM (SELECT CASE WHEN place = before.last_seq THEN (wanted->>'at')::bigint ELSE (
      SELECT t.sent_at FROM messages t
      WHERE t.conversation_id = conversation AND t.is_deleted IN (false, true) AND t.seq = place) END AS at) r
    WHERE conversation_id = conversation AND account_id = account AND r.at IS NOT NULL;
  END IF;
  SELECT :unread_after_mark, :mentions_after_mark INTO unread, mentions FROM conversations c WHERE c.id = conversation;
  IF mark <> before.mark THEN
    touched := json_build_array(chat_touch(account, 'read', conversation::text, false));
  END IF;
  RETURN json_build_object('readSeq', mark, 'unread', unread, 'mentions', mentions, 'touched', touched);
END $$;

CREATE OR REPLACE FUNCTION chat_memberships_set_preferences(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  conversation bigint := wanted->>'conversationId';
  account bigint := wanted->>'accountId';
  before members%ROWTYPE;
  later members%ROWTYPE;
  touched json := '[]';
BEGIN
  SELECT m.* INTO before FROM members m WHERE m.conversation_id = conversation AND m.account_id = account;
  IF NOT FOUND THEN
    PERFORM chat_refuse('not_a_member', json_build_object('conversationId', conversation));
  END IF;
  UPDATE members m
  SET is_muted = coalesce((wanted->>'isMuted')::boolean, is_muted),
    is_pinned = coalesce((wanted->>'isPinned')::boolean, is_pinned),
    is_archived = coalesce((wanted->>'isArchived')::boolean, is_archived),
    notify = coalesce(wanted->>'notify', notify)
  WHERE m.id = before.id
  RETURNING m.* INTO later;
  IF later IS DISTINCT FROM before THEN
    touched := json_build_array(chat_touch(account, 'membership', conversation::text, false));
  END IF;
  RETURN json_build_object('touched', touched, 'preferences', (
    SELECT row_to_json(r) FROM (SELECT :preference_columns FROM members m WHERE m.id = before.id) r));
END $$;
