-- Where a load stands, how complete each list is, what was read, and the settings.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a slice of a list: the interval of `created` that it covers and the last id read.
CREATE TABLE cursor (
    list TEXT NOT NULL,
    slice INTEGER NOT NULL,
    created_from INTEGER,
    created_to INTEGER,
    after_id TEXT,
    pages INTEGER NOT NULL,
    objects INTEGER NOT NULL,
    done INTEGER NOT NULL,
    PRIMARY KEY (list, slice)
) STRICT, WITHOUT ROWID;

-- What is known of a list as a whole: read to its end as of when, or refused for want of a right.
CREATE TABLE list (
    name TEXT PRIMARY KEY,
    complete_as_of INTEGER,
    refused TEXT
) STRICT, WITHOUT ROWID;

-- Requests that count against Stripe's read allocation, per month (`2026-11`).
CREATE TABLE reads (
    month TEXT PRIMARY KEY,
    requests INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
