/** The member of conversation ?1 who inherits from ?2: see `findHeir` of the port. */
export const HEIR = `
  SELECT m.account_id AS accountId FROM members m JOIN accounts a ON a.id = m.account_id
  WHERE m.conversation_id = ?1 AND m.account_id <> ?2 AND a.is_guest = 0 AND a.disabled_at IS NULL
  ORDER BY CASE m.role WHEN 'admin' THEN 1 WHEN 'moderator' THEN 2 WHEN 'member' THEN 3 ELSE 4 END, m.id LIMIT 1`
