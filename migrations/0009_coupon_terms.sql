-- What a coupon's expansions add is an object of its own, as a price's tiers are.

CREATE TABLE coupon_terms (
    num INTEGER PRIMARY KEY,
    coupon TEXT NOT NULL,
    applies_to TEXT,
    currency_options TEXT
) STRICT;

ALTER TABLE coupon DROP COLUMN applies_to;
