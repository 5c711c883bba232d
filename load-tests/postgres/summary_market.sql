-- market.sql's question, of the summary.
\set year random(0, 7)
SELECT provider_id, sum(due) AS due, sum(picked_up) AS picked_up
FROM pick_up_summary
WHERE month >= (date '2018-07-01' + :year * interval '1 year')::date
  AND month < (date '2018-07-01' + (:year + 1) * interval '1 year')::date
GROUP BY provider_id;
