-- Pick-up of one provider's contracts over a quarter. A unit belongs to the period in which it was first
-- issued and is as good as its best offer, whenever that was issued: so each package with an offer in the
-- period is read whole.
\set provider random(0, 29)
\set quarter random(0, 31)
SELECT contract_id, count(*) FILTER (WHERE class IN ('accepted', 'declined', 'late', 'silent')) AS due,
  count(*) FILTER (WHERE class = 'accepted' AND outcome IS DISTINCT FROM 'returned') AS picked_up
FROM (SELECT (date '2018-07-01' + 3 * :quarter * interval '1 month')::date AS from_date,
        (date '2018-07-01' + 3 * (:quarter + 1) * interval '1 month')::date AS to_date) AS period
CROSS JOIN LATERAL (
  SELECT contract_id, min(issued_on) AS issued_on, min(class) AS class, min(outcome) AS outcome
  FROM offers
  WHERE provider_id = :provider AND package_id IN (
    SELECT package_id FROM offers
    WHERE provider_id = :provider AND issued_on >= from_date AND issued_on < to_date)
  GROUP BY package_id, contract_id, terms_version
) AS units
WHERE issued_on >= from_date AND issued_on < to_date
GROUP BY contract_id;
