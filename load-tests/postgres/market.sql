-- Pick-up of every provider over a year of the eight, the units as in provider_quarter.sql. By a lookup a
-- package: left to itself the planner reads all offers instead, which takes twice as long.
\set year random(0, 7)
SELECT provider_id, count(*) FILTER (WHERE class IN ('accepted', 'declined', 'late', 'silent')) AS due,
  count(*) FILTER (WHERE class = 'accepted' AND outcome IS DISTINCT FROM 'returned') AS picked_up
FROM (
  SELECT DISTINCT package_id
  FROM offers
  WHERE issued_on >= (date '2018-07-01' + :year * interval '1 year')::date
    AND issued_on < (date '2018-07-01' + (:year + 1) * interval '1 year')::date
) AS asked
CROSS JOIN LATERAL (
  SELECT provider_id, min(issued_on) AS issued_on, min(class) AS class, min(outcome) AS outcome
  FROM offers WHERE package_id = asked.package_id
  GROUP BY contract_id, terms_version, provider_id
) AS units
WHERE issued_on >= (date '2018-07-01' + :year * interval '1 year')::date
  AND issued_on < (date '2018-07-01' + (:year + 1) * interval '1 year')::date
GROUP BY provider_id;
