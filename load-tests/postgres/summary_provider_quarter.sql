-- provider_quarter.sql's question, of the summary.
\set provider random(0, 29)
\set quarter random(0, 31)
SELECT contract_id, sum(due) AS due, sum(picked_up) AS picked_up
FROM pick_up_summary
WHERE provider_id = :provider AND month >= (date '2018-07-01' + 3 * :quarter * interval '1 month')::date
  AND month < (date '2018-07-01' + 3 * (:quarter + 1) * interval '1 month')::date
GROUP BY contract_id;
