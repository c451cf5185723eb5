-- The logs: what Stripe said, in every distinct version, and what people decided. Append-only.

-- Names of the kinds, under the numbers that the other tables use.
CREATE TABLE kind (
    num INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO kind (num, name) VALUES
    (1, 'customer'), (2, 'product'), (3, 'price'), (4, 'coupon'), (5, 'discount'),
    (6, 'tax_rate'), (7, 'subscription'), (8, 'invoice'), (9, 'invoice_payment'),
    (10, 'payment_intent'), (11, 'charge'), (12, 'credit_note');

-- Every object that was seen or referred to. Its number stands for its id everywhere else.
-- `version` and `part_version` point to the state that holds now: of the object itself, and of
-- what is kept under its id (its lines, its items, its tiers). `…_seen_at` is when that state
-- was last confirmed; an older read never replaces a younger one.
CREATE TABLE object (
    num INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER,
    version_seen_at INTEGER,
    part_version INTEGER,
    part_seen_at INTEGER
) STRICT;
CREATE UNIQUE INDEX object_by_id ON object (kind, id);
CREATE TRIGGER object_keeps_its_identity BEFORE UPDATE OF num, kind, id ON object
BEGIN SELECT RAISE(ABORT, 'an object keeps its number, kind and id'); END;
CREATE TRIGGER object_is_never_deleted BEFORE DELETE ON object
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;

-- Dictionaries for the versions' bodies: zstd, one a kind and part.
CREATE TABLE dictionary (
    num INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    part INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TRIGGER dictionary_is_never_changed BEFORE UPDATE ON dictionary
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER dictionary_is_never_deleted BEFORE DELETE ON dictionary
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;

-- Every distinct state of an object: its canonical form, compressed. `source` is the road on
-- which it was first seen: 1 backfill, 2 event, 3 webhook, 4 action, 5 proof, 6 child list. `hash`:
-- the first 16 bytes of the form's SHA-256.
CREATE TABLE version (
    num INTEGER PRIMARY KEY,
    object INTEGER NOT NULL,
    part INTEGER NOT NULL,
    hash BLOB NOT NULL,
    seen_at INTEGER NOT NULL,
    source INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    length INTEGER NOT NULL,
    erased_at INTEGER,
    dictionary INTEGER,
    body BLOB NOT NULL
) STRICT;
-- Six bytes of the hash tell the states of one object apart.
CREATE UNIQUE INDEX version_is_distinct ON version (object, part, substr(hash, 1, 6));
CREATE TRIGGER version_is_never_deleted BEFORE DELETE ON version
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
-- The one change that is allowed: an erasure takes personal data out of the body, once, and says
-- when. The hash stays.
CREATE TRIGGER version_is_only_erased BEFORE UPDATE ON version
WHEN NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL
    OR NEW.num IS NOT OLD.num OR NEW.object IS NOT OLD.object OR NEW.part IS NOT OLD.part
    OR NEW.hash IS NOT OLD.hash OR NEW.seen_at IS NOT OLD.seen_at
    OR NEW.source IS NOT OLD.source OR NEW.deleted IS NOT OLD.deleted
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;

-- A state that came back after another one: the version is not stored twice.
CREATE TABLE reappearance (
    num INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    source INTEGER NOT NULL
) STRICT;
CREATE INDEX reappearance_by_version ON reappearance (version);
CREATE TRIGGER reappearance_is_never_changed BEFORE UPDATE ON reappearance
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER reappearance_is_never_deleted BEFORE DELETE ON reappearance
BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;

-- Customers whose personal data was erased: what arrives later is stored without it.
CREATE TABLE erasure (
    object INTEGER PRIMARY KEY,
    erased_at INTEGER NOT NULL
) STRICT;

-- The ledger: what people or policy decided. The columns are those of the canonical bytes.
CREATE TABLE ledger (
    sequence INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    personal_hash BLOB,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    signature BLOB
) STRICT;
CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_is_never_deleted BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- Personal data of an entry, outside of what is hashed: an erasure empties it.
CREATE TABLE ledger_personal (
    sequence INTEGER PRIMARY KEY,
    subject TEXT,
    salt BLOB,
    body TEXT,
    erased_at INTEGER
) STRICT;
CREATE TRIGGER ledger_personal_is_only_erased BEFORE UPDATE ON ledger_personal
WHEN NEW.body IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.erased_at IS NULL
    OR NEW.sequence IS NOT OLD.sequence
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_personal_is_never_deleted BEFORE DELETE ON ledger_personal
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
