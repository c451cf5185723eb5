-- Completeness: how much is held of every month, when it was last proven against Stripe, what did
-- not agree; and the reads that this takes.
--
-- A month is a number, twelve times the year and the month from 0, in UTC, of `created`. Lists
-- that are proven as a whole have the one month 0.

-- The proof that last found an object listed.
ALTER TABLE object ADD COLUMN proof INTEGER;

-- Objects of each kind by the month of their `created`, and the reads that their own long lists
-- take: what a proof will cost is known before it begins.
CREATE TABLE month_count (
    kind INTEGER NOT NULL,
    month INTEGER NOT NULL,
    objects INTEGER NOT NULL,
    more_reads INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, month)
) STRICT, WITHOUT ROWID;

-- What the last proof of a month found. `proven_at` is what it is as of.
CREATE TABLE proof (
    list TEXT NOT NULL,
    month INTEGER NOT NULL,
    proven_at INTEGER NOT NULL,
    differences INTEGER NOT NULL,
    mended INTEGER NOT NULL,
    PRIMARY KEY (list, month)
) STRICT, WITHOUT ROWID;

-- The first load of a list proves every month up to then.
CREATE TABLE first_proof (
    list TEXT PRIMARY KEY,
    proven_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How old a list's proof may grow, where a person chose so.
CREATE TABLE proof_schedule (
    list TEXT PRIMARY KEY,
    max_age_seconds INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A proof under way, or done. `as_of` is when its listing began by Stripe's clock, `event_num`
-- the last event that had arrived then.
CREATE TABLE proof_run (
    num INTEGER PRIMARY KEY,
    begun_at INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    event_num INTEGER NOT NULL,
    listed_at INTEGER,
    ended_at INTEGER,
    abandoned INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What a proof covers of a list: the months of `created` from and before; none: open.
CREATE TABLE proof_span (
    run INTEGER NOT NULL,
    n INTEGER NOT NULL,
    list TEXT NOT NULL,
    from_month INTEGER,
    before_month INTEGER,
    PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;

-- What a proof found. `what`: 1 held but not listed, still to be asked for; 2 changed while the
-- proof read it, still to be read again; 3 altered; 4 missing here; 5 gone at Stripe;
-- 6 unreadable. It is known and not mended while `mended_at` is empty. `counted`: 0 until the
-- proof ends, then 1 for a difference and 2 for a change that an event explains.
CREATE TABLE proof_difference (
    num INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    list TEXT NOT NULL,
    month INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    object_id TEXT NOT NULL,
    related_id TEXT,
    what INTEGER NOT NULL,
    created INTEGER,
    found_at INTEGER NOT NULL,
    mended_at INTEGER,
    counted INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run, kind, object_id)
) STRICT;
CREATE INDEX proof_difference_open ON proof_difference (list, month) WHERE mended_at IS NULL;

-- Reads that count against Stripe's allocation, by day (seconds through 86,400) and what for:
-- 1 loads, 2 polls, 3 objects read again, 4 proofs, 5 the rest.
CREATE TABLE read_day (
    day INTEGER NOT NULL,
    purpose INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (day, purpose)
) STRICT, WITHOUT ROWID;

-- Charges that did not fail, by the day of their `created`: what Stripe's allocation grows with.
CREATE TABLE transaction_day (
    day INTEGER PRIMARY KEY,
    transactions INTEGER NOT NULL
) STRICT;

-- Books that were filled before these tables were there.
INSERT INTO month_count (kind, month, objects)
SELECT kind, 12 * strftime('%Y', created, 'unixepoch') + strftime('%m', created, 'unixepoch') - 1,
    count(*)
FROM (
    SELECT 1 AS kind, created FROM customer WHERE deleted = 0
    UNION ALL SELECT 2, created FROM product WHERE deleted = 0
    UNION ALL SELECT 3, created FROM price WHERE deleted = 0
    UNION ALL SELECT 4, created FROM coupon WHERE deleted = 0
    UNION ALL SELECT 6, created FROM tax_rate
    UNION ALL SELECT 7, created FROM subscription
    UNION ALL SELECT 8, created FROM invoice WHERE deleted = 0
    UNION ALL SELECT 9, created FROM invoice_payment
    UNION ALL SELECT 10, created FROM payment_intent
    UNION ALL SELECT 11, created FROM charge
    UNION ALL SELECT 12, created FROM credit_note
)
GROUP BY 1, 2;
INSERT INTO transaction_day (day, transactions)
SELECT created / 86400, count(*) FROM charge WHERE status <> 'failed' GROUP BY 1;
INSERT INTO first_proof (list, proven_at)
SELECT name, complete_as_of FROM list WHERE complete_as_of IS NOT NULL;

-- Events that could not be applied: few, and asked for by every status.
CREATE INDEX event_failed ON event (object_id) WHERE outcome = 5;
