-- Pick-up of every contract over all years.
SELECT contract_id, count(*) FILTER (WHERE class IN ('accepted', 'declined', 'late', 'silent')) AS due,
  count(*) FILTER (WHERE class = 'accepted' AND outcome IS DISTINCT FROM 'returned') AS picked_up
FROM (
  SELECT contract_id, min(class) AS class, min(outcome) AS outcome
  FROM offers GROUP BY package_id, contract_id, terms_version
) AS units
GROUP BY contract_id;
