-- Offers that wait for an answer (:open of them, from offer :offers on), as history.sql numbers them; the
-- last :batched of them in lists of a hundred of one provider's, as a caller would send them.

INSERT INTO packages
SELECT p, current_date, p % 6, p % 169, 105 * (1 + p % 8)
FROM generate_series((:offers / 8)::bigint, (:offers + :open) / 8 - 1) AS p;

INSERT INTO offers
SELECT o, package_id, now() + interval '30 days', NULL, current_date, contract_id, provider_id,
  provider_id * 2 + package_id % 2, 'open', NULL, NULL, NULL, 0, lot_id, tier, package_id % 169, 1 + k / 7, 1
FROM generate_series((:offers / 8 * 8)::bigint, (:offers + :open) / 8 * 8 - 1) AS o
CROSS JOIN LATERAL (SELECT o / 8 AS package_id, o % 8 AS k) AS numbered
JOIN contracts ON contract_id = package_id % 6 * 10 + (package_id / 6 + k % 7) % 10
ORDER BY o;

-- Batches of all providers by turns.
CREATE TABLE batches (
  batch_id integer PRIMARY KEY, provider_id integer NOT NULL, offer_ids bigint[] NOT NULL
);
INSERT INTO batches
SELECT row_number() OVER (ORDER BY turn, provider_id) - 1, provider_id, offer_ids
FROM (
  SELECT provider_id, turn, array_agg(offer_id ORDER BY offer_id) AS offer_ids
  FROM (
    SELECT provider_id, offer_id,
      (row_number() OVER (PARTITION BY provider_id ORDER BY offer_id) - 1) / 100 AS turn
    FROM offers WHERE offer_id >= :offers + :open - :batched
  ) AS numbered
  GROUP BY provider_id, turn
) AS listed
WHERE cardinality(offer_ids) = 100;
VACUUM (ANALYZE);
