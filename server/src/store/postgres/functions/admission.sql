-- Checks which accounts may meet, as of this transaction.

CREATE OR REPLACE FUNCTION chat_require_exists(account bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM accounts WHERE id = account) THEN
    PERFORM chat_refuse('unknown_account', json_build_object('accountId', account));
  END IF;
END $$;

-- Refuses unless the account exists and has not blocked the asker.
CREATE OR REPLACE FUNCTION chat_require_reachable(account bigint, asker bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM chat_require_exists(account);
  IF EXISTS (SELECT FROM blocks WHERE blocked_id = asker AND blocker_id = account) THEN
    PERFORM chat_refuse('unknown_account', json_build_object('accountId', account));
  END IF;
END $$;

-- Refuses unless the asker, who may be the account itself, may make it a member of such a conversation.
CREATE OR REPLACE FUNCTION chat_require_admissible(account bigint, asker bigint, kind text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM chat_require_reachable(account, asker);
  IF EXISTS (SELECT FROM accounts
      WHERE id = account AND (disabled_at IS NOT NULL OR is_guest AND kind <> 'open')) THEN
    PERFORM chat_refuse('unknown_account', json_build_object('accountId', account));
  END IF;
END $$;
