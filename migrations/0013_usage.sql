-- Usage: records as sources delivered them, by batch, what could not be placed yet, and days.
-- Quantities are millionths of a unit, `at` is UTC seconds, `day` is the number of days since
-- 1970-01-01 of the date in the company's zone, `customer` is the object's number.

-- What is used. A flow is summed; of a level the latest value counts.
CREATE TABLE usage_type (
    num INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    level INTEGER NOT NULL
) STRICT;
INSERT INTO usage_type (num, name, level) VALUES
    (1, 'ai_credit', 0), (2, 'seats_in_use', 1), (3, 'mailboxes', 1);

-- Where usage comes from, the scope of its keys. `mapping` says how a file's columns are read
-- (JSON), `state` how far a source has been read (JSON).
CREATE TABLE usage_source (
    num INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    mapping TEXT,
    state TEXT
) STRICT;

-- What came in at once. A reversed batch keeps its row and loses its records.
CREATE TABLE usage_batch (
    num INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    name TEXT NOT NULL,
    content_hash BLOB,
    imported_at INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    records INTEGER NOT NULL,
    repeated INTEGER NOT NULL,
    aside INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    first_at INTEGER,
    last_at INTEGER,
    reversed_at INTEGER
) STRICT;
CREATE INDEX usage_batch_by_content ON usage_batch (content_hash)
WHERE content_hash IS NOT NULL AND reversed_at IS NULL;

-- One record. `key_hash` is 16 bytes of the SHA-256 of its source and key, so that it counts once
-- however often it comes. `unbillable` is the reason why it is not billed, `corrects` the
-- `key_hash` of the record that it corrects.
CREATE TABLE usage_record (
    num INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    customer INTEGER NOT NULL,
    type INTEGER NOT NULL,
    at INTEGER NOT NULL,
    day INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    unbillable TEXT,
    key_hash BLOB NOT NULL,
    corrects BLOB
) STRICT;
CREATE UNIQUE INDEX usage_record_by_key ON usage_record (key_hash);
-- By day first: files mostly come in the order of time, and what is written lies together.
CREATE INDEX usage_record_by_day ON usage_record (day, customer, type);
CREATE INDEX usage_record_correcting ON usage_record (corrects) WHERE corrects IS NOT NULL;

-- Records whose tenant or type is not known yet, as they were delivered.
CREATE TABLE usage_aside (
    num INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    unbillable TEXT,
    key_hash BLOB NOT NULL,
    corrects BLOB
) STRICT;
CREATE UNIQUE INDEX usage_aside_by_key ON usage_aside (key_hash);
CREATE INDEX usage_aside_by_tenant ON usage_aside (tenant, type);

-- The records of a tenant's day. Of a flow `quantity` is the sum of what is billed and `unbillable`
-- the sum of what is not; of a level the last value of the day stands in one of the two, of values
-- of one second the largest. A projection of the records.
CREATE TABLE usage_day (
    customer INTEGER NOT NULL,
    type INTEGER NOT NULL,
    day INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    unbillable INTEGER NOT NULL,
    records INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (customer, type, day)
) STRICT, WITHOUT ROWID;

-- The days of all tenants together. It follows usage_day by itself, whoever writes there.
CREATE TABLE usage_total_day (
    type INTEGER NOT NULL,
    day INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    unbillable INTEGER NOT NULL,
    records INTEGER NOT NULL,
    tenants INTEGER NOT NULL,
    PRIMARY KEY (type, day)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER usage_day_is_added AFTER INSERT ON usage_day
BEGIN
    INSERT INTO usage_total_day (type, day, quantity, unbillable, records, tenants)
    VALUES (NEW.type, NEW.day, NEW.quantity, NEW.unbillable, NEW.records, 1)
    ON CONFLICT (type, day) DO UPDATE SET quantity = quantity + excluded.quantity,
        unbillable = unbillable + excluded.unbillable, records = records + excluded.records,
        tenants = tenants + 1;
END;
CREATE TRIGGER usage_day_is_changed AFTER UPDATE ON usage_day
BEGIN
    UPDATE usage_total_day SET quantity = quantity + NEW.quantity - OLD.quantity,
        unbillable = unbillable + NEW.unbillable - OLD.unbillable,
        records = records + NEW.records - OLD.records
    WHERE type = NEW.type AND day = NEW.day;
END;
CREATE TRIGGER usage_day_is_removed AFTER DELETE ON usage_day
BEGIN
    UPDATE usage_total_day SET quantity = quantity - OLD.quantity,
        unbillable = unbillable - OLD.unbillable, records = records - OLD.records,
        tenants = tenants - 1
    WHERE type = OLD.type AND day = OLD.day;
    DELETE FROM usage_total_day WHERE type = OLD.type AND day = OLD.day AND tenants = 0;
END;
