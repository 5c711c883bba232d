-- A hundred answers of one caller in one statement, with the checks of accept.sql. Its list is read from a
-- table, which is no dearer than to send it.
\set batch :first + :turn * :clients + :client_id
\set turn :turn + 1
WITH answered AS (
  UPDATE offers
  SET class = 'accepted', outcome = 'undecided', answered_at = now(), can_start_on = current_date + 3,
    decline_reason = NULL, answers = answers + 1
  FROM batches
  WHERE batch_id = :batch AND offer_id = ANY (offer_ids) AND offers.provider_id = batches.provider_id
    AND class = 'open' AND deadline > now()
  RETURNING offer_id, offers.provider_id, answered_at, answers, class, can_start_on
), kept AS (
  INSERT INTO outcomes (made_at, offer_id, account_id, class, request_id)
  SELECT answered_at, offer_id, provider_id, class, 'batch-' || offer_id FROM answered
)
INSERT INTO answers (offer_id, answered_at, account_id, number, class, can_start_on)
SELECT offer_id, answered_at, provider_id, answers, class, can_start_on FROM answered;
