ALTER TABLE packages ADD PRIMARY KEY (package_id);
ALTER TABLE offers ADD PRIMARY KEY (offer_id);
ALTER TABLE answers ADD PRIMARY KEY (offer_id, number);
-- A branch's open offers, the most urgent first.
CREATE INDEX offers_open ON offers (branch_id, deadline) WHERE class = 'open';
-- A package's offers, unit by unit.
CREATE INDEX offers_of_unit ON offers (package_id, contract_id, terms_version);
-- A provider's figures of a period, and everybody's: offers lie in the order in which they are issued.
CREATE INDEX offers_of_provider ON offers (provider_id, issued_on);
CREATE INDEX offers_of_period ON offers USING brin (issued_on) WITH (pages_per_range = 32);
-- So many units there are, which the planner would not guess.
CREATE STATISTICS offers_units (ndistinct) ON package_id, contract_id, terms_version FROM offers;
VACUUM (ANALYZE);
