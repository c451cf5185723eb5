-- Of an object that is deleted, the state that held last and when it was last seen: what is shown of
-- it. Its states may arrive in any order, and one that was confirmed leaves no row of its own.
CREATE TABLE last_known (
    object INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;
-- Books that were filled before: the state that was the last to begin to hold.
INSERT INTO last_known (object, version, seen_at)
SELECT object, num, max(begun) FROM (
    SELECT d.object, d.num, max(d.seen_at, coalesce((SELECT max(r.seen_at) FROM reappearance r
        WHERE r.version = d.num), d.seen_at)) AS begun
    FROM object o JOIN version h ON h.num = o.version AND h.deleted = 1
    JOIN version d ON d.object = o.num AND d.part = 0 AND d.deleted = 0
)
GROUP BY object;

-- Customers whose payment methods somebody asked for, and when: all of theirs are held, kept fresh
-- by events and proven. Of nobody else are they.
CREATE TABLE methods_read (
    customer INTEGER PRIMARY KEY,
    as_of INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO first_proof (list, proven_at)
SELECT 'payment_methods', proven_at FROM first_proof WHERE list = 'customers';
