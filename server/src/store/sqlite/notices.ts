/** Numbers the one notice of an account anew: servers look for those that another process has made. */
export const NOTICE = `
  INSERT INTO account_notices (account_id, number)
  VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM account_notices))
  ON CONFLICT (account_id) DO UPDATE SET number = excluded.number`
