-- Keeps the summary with every answer, once a statement: what a unit was before and what it is now, by all
-- of its offers. Two answers of one unit wait for each other at their package, whose row is locked first
-- and in order; so are the summary's rows, so that no two statements wait for each other in a circle. New
-- offers need no trigger here: an open one is not due, and none of these follows one that was.
CREATE FUNCTION keep_summary() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM packages
  WHERE package_id IN (SELECT package_id FROM after_it)
  ORDER BY package_id FOR NO KEY UPDATE;

  INSERT INTO pick_up_summary AS kept
  SELECT date_trunc('month', issued_on)::date, contract_id, provider_id, lot_id, tier,
    sum((class_now IN ('accepted', 'declined', 'late', 'silent'))::integer -
        (class_before IN ('accepted', 'declined', 'late', 'silent'))::integer),
    sum((class_now = 'accepted')::integer - (class_before = 'accepted')::integer),
    sum((class_now = 'accepted' AND outcome_now IS DISTINCT FROM 'returned')::integer -
        (class_before = 'accepted' AND outcome_before IS DISTINCT FROM 'returned')::integer)
  FROM (
    SELECT contract_id, provider_id, lot_id, tier, min(issued_on) AS issued_on,
      min(offers.class) AS class_now, min(offers.outcome) AS outcome_now,
      min(CASE WHEN before_it.offer_id IS NULL THEN offers.class ELSE before_it.class END) AS class_before,
      min(CASE WHEN before_it.offer_id IS NULL THEN offers.outcome ELSE before_it.outcome END)
        AS outcome_before
    FROM (SELECT DISTINCT package_id, contract_id, terms_version FROM after_it) AS touched
    JOIN offers USING (package_id, contract_id, terms_version)
    LEFT JOIN (SELECT offer_id, class, outcome FROM before_it) AS before_it USING (offer_id)
    GROUP BY package_id, contract_id, terms_version, provider_id, lot_id, tier
  ) AS units
  WHERE (class_now, outcome_now) IS DISTINCT FROM (class_before, outcome_before)
  GROUP BY 1, 2, 3, 4, 5
  ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (month, contract_id, provider_id, lot_id, tier) DO UPDATE
  SET due = kept.due + excluded.due, accepted = kept.accepted + excluded.accepted,
    picked_up = kept.picked_up + excluded.picked_up;
  RETURN NULL;
END
$$;

TRUNCATE pick_up_summary;
INSERT INTO pick_up_summary SELECT * FROM pick_up_counted;
VACUUM (ANALYZE) pick_up_summary;

CREATE TRIGGER keep_summary AFTER UPDATE ON offers
REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
FOR EACH STATEMENT EXECUTE FUNCTION keep_summary();
