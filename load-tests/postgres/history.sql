-- Eight years of so many offers (:offers), a council's: 60 contracts of 30 providers in 6 lots. Each package
-- goes to 7 of its lot's 10 contracts, and to the first of them once more three days later: 8 offers, 7
-- pick-up units. accept.sql knows whose an offer is by the same arithmetic.

INSERT INTO contracts
SELECT c, c % 30, c / 10, CASE WHEN c % 10 < 3 THEN 1 ELSE 2 END FROM generate_series(0, 59) AS c;

INSERT INTO packages
SELECT p, date '2018-07-01' + (p * 2922 / (:offers / 8))::integer, p % 6, p % 169, 105 * (1 + p % 8)
FROM generate_series(0::bigint, :offers / 8 - 1) AS p;

INSERT INTO offers
SELECT offer_id, package_id, issued_on + interval '17 hours',
  CASE WHEN class IN ('accepted', 'declined', 'late') THEN issued_on + interval '15 hours' END,
  issued_on, contract_id, provider_id, provider_id * 2 + package_id % 2, class,
  CASE WHEN class = 'accepted' THEN
    (CASE WHEN dice % 4 = 0 THEN 'kept' WHEN dice % 50 = 1 THEN 'returned' ELSE 'lost' END)::outcome END,
  CASE WHEN class = 'accepted' THEN issued_on + 3 END,
  CASE WHEN class = 'declined' THEN 1 + dice % 5 END,
  CASE WHEN class IN ('accepted', 'declined', 'late') THEN 1 ELSE 0 END,
  lot_id, tier, package_id % 169, 1 + k / 7, 1
FROM (
  SELECT o AS offer_id, o / 8 AS package_id, o % 8 AS k, hashint8(o) & 1023 AS dice
  FROM generate_series(0::bigint, :offers / 8 * 8 - 1) AS o
) AS numbered
CROSS JOIN LATERAL (
  SELECT date '2018-07-01' + (package_id * 2922 / (:offers / 8))::integer + (k / 7 * 3)::integer AS issued_on,
    (CASE WHEN dice < 410 THEN 'accepted' WHEN dice < 717 THEN 'declined' WHEN dice < 870 THEN 'silent'
      WHEN dice < 920 THEN 'late' ELSE 'closed' END)::response_class AS class
) AS told
JOIN contracts ON contract_id = package_id % 6 * 10 + (package_id / 6 + k % 7) % 10
ORDER BY offer_id;

INSERT INTO answers
SELECT offer_id, answered_at, provider_id, 1, class, can_start_on, decline_reason
FROM offers WHERE answers > 0;
