CREATE OR REPLACE FUNCTION chat_audit_begin(wanted json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  number bigint;
BEGIN
  INSERT INTO audit (at, actor, origin, act, subject)
  VALUES ((wanted->>'at')::bigint, wanted->>'actor', wanted->>'origin', wanted->>'act', wanted->>'subject')
  RETURNING id INTO number;
  RETURN to_json(number);
END $$;

CREATE OR REPLACE FUNCTION chat_audit_end(wanted json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  UPDATE audit SET outcome = wanted->>'outcome', ended_at = (wanted->>'at')::bigint
  WHERE id = (wanted->>'number')::bigint AND outcome IS NULL;
  RETURN 'null';
END $$;
