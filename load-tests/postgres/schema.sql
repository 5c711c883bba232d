-- What an engineer would lay down for the same job: what is asked by has an index, and what an answer
-- is refused for stands in the offer's own row. No foreign keys: an answer's row comes from the offer
-- that its statement just changed, and offers are never deleted.

-- Best first, so that min() is the class of a pick-up unit and the outcome that stands for it.
CREATE TYPE response_class AS ENUM ('accepted', 'declined', 'open', 'late', 'silent', 'closed');
CREATE TYPE outcome AS ENUM ('kept', 'returned', 'undecided', 'lost', 'void');

CREATE TABLE contracts (
  contract_id integer PRIMARY KEY,
  provider_id integer NOT NULL,
  lot_id smallint NOT NULL,
  tier smallint NOT NULL
);

CREATE TABLE packages (
  package_id bigint NOT NULL,
  referred_on date NOT NULL,
  lot_id smallint NOT NULL,
  ward_id smallint NOT NULL,
  weekly_minutes integer NOT NULL
);

CREATE TABLE offers (
  offer_id bigint NOT NULL,
  package_id bigint NOT NULL,
  deadline timestamptz NOT NULL,
  answered_at timestamptz,
  issued_on date NOT NULL,
  contract_id integer NOT NULL,
  provider_id integer NOT NULL,
  branch_id integer NOT NULL,
  class response_class NOT NULL,
  outcome outcome,           -- of an acceptance
  can_start_on date,         -- likewise
  decline_reason smallint,   -- of a decline
  answers smallint NOT NULL, -- so many rows of the history are of it
  lot_id smallint NOT NULL,
  tier smallint NOT NULL,
  ward_id smallint NOT NULL,
  round smallint NOT NULL,
  terms_version smallint NOT NULL
) WITH (fillfactor = 90);

-- Every answer that an offer was given: the last one is in the offer.
CREATE TABLE answers (
  offer_id bigint NOT NULL,
  answered_at timestamptz NOT NULL,
  account_id integer NOT NULL,
  number smallint NOT NULL,
  class response_class NOT NULL,
  can_start_on date,
  decline_reason smallint
);

-- What each request came to, so that the same again changes nothing and is told the same.
CREATE TABLE outcomes (
  made_at timestamptz NOT NULL,
  offer_id bigint NOT NULL,
  account_id integer NOT NULL,
  class response_class NOT NULL,
  request_id text NOT NULL,
  PRIMARY KEY (account_id, request_id)
);
