-- Pick-up units counted by month of first issue and by what figures are asked by; triggers.sql keeps it.
CREATE TABLE pick_up_summary (
  month date NOT NULL,
  contract_id integer NOT NULL,
  provider_id integer NOT NULL,
  lot_id smallint NOT NULL,
  tier smallint NOT NULL,
  due bigint NOT NULL,
  accepted bigint NOT NULL,
  picked_up bigint NOT NULL,
  PRIMARY KEY (month, contract_id, provider_id, lot_id, tier)
) WITH (fillfactor = 50);
CREATE INDEX pick_up_summary_of_provider ON pick_up_summary (provider_id, month);

-- The same counted from the offers.
CREATE VIEW pick_up_counted AS
SELECT date_trunc('month', issued_on)::date AS month, contract_id, provider_id, lot_id, tier,
  count(*) FILTER (WHERE class IN ('accepted', 'declined', 'late', 'silent')) AS due,
  count(*) FILTER (WHERE class = 'accepted') AS accepted,
  count(*) FILTER (WHERE class = 'accepted' AND outcome IS DISTINCT FROM 'returned') AS picked_up
FROM (
  SELECT contract_id, provider_id, lot_id, tier, min(issued_on) AS issued_on, min(class) AS class,
    min(outcome) AS outcome
  FROM offers GROUP BY package_id, contract_id, terms_version, provider_id, lot_id, tier
) AS units
GROUP BY 1, 2, 3, 4, 5;

INSERT INTO pick_up_summary SELECT * FROM pick_up_counted;
VACUUM (ANALYZE) pick_up_summary;
