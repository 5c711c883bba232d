-- One answer, in one statement that is a transaction of its own: the offer is the caller's, open and not
-- past its deadline, or nothing is written and the caller is told why by a look at it. The same request
-- again finds the offer answered, or fails on the outcome's key: both read the first outcome. Each client
-- takes the next open offer, in an order that is random over all of them.
-- One statement is the fastest: a function, or a pipeline of an update and two inserts, is somewhat slower,
-- and with a round trip for each of them an answer costs twice as much.
\set number :first + :turn * :clients + :client_id
\set turn :turn + 1
\set offer :from + permute(:number, :to - :from, 20180701)
\set package :offer / 8
\set account mod(mod(:package, 6) * 10 + mod(:package / 6 + mod(mod(:offer, 8), 7), 10), 30)
WITH answered AS (
  UPDATE offers
  SET class = 'accepted', outcome = 'undecided', answered_at = now(), can_start_on = current_date + 3,
    decline_reason = NULL, answers = answers + 1
  WHERE offer_id = :offer AND provider_id = :account AND class = 'open' AND deadline > now()
  RETURNING offer_id, provider_id, answered_at, answers, class, can_start_on
), kept AS (
  INSERT INTO outcomes (made_at, offer_id, account_id, class, request_id)
  SELECT answered_at, offer_id, provider_id, class, 'accept-' || offer_id FROM answered
)
INSERT INTO answers (offer_id, answered_at, account_id, number, class, can_start_on)
SELECT offer_id, answered_at, provider_id, answers, class, can_start_on FROM answered;
