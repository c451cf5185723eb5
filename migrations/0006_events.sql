-- What Stripe said has happened: every event once, by whatever road it came. It is the queue of
-- what is still to be applied and the log of what was, in one.
--
-- `num` is the order of arrival. `road`: 1 the list of events, 2 a webhook, 3 a file. `outcome`:
-- 0 waiting, 1 its payload was applied, 2 its object was read again, 3 nothing in it is kept here,
-- 4 the books held a later state already, 5 it could not be applied (`problem` says why).
-- An event that waits and could not be applied yet says so in `problem`, counts its `attempts`,
-- and is tried again at `retry_at`. `body` is the event as Stripe sent it, compressed.
CREATE TABLE event (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    created INTEGER NOT NULL,
    api_version TEXT,
    object_kind TEXT,
    object_id TEXT,
    customer TEXT,
    request_id TEXT,
    idempotency_key TEXT,
    road INTEGER NOT NULL,
    signed INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    outcome INTEGER NOT NULL DEFAULT 0,
    applied_at INTEGER,
    problem TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER,
    erased_at INTEGER,
    length INTEGER NOT NULL,
    dictionary INTEGER,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX event_waiting ON event (retry_at, num) WHERE outcome = 0;
CREATE INDEX event_by_created ON event (created);
CREATE INDEX event_by_type ON event (type, created);
CREATE INDEX event_by_object ON event (object_id, created) WHERE object_id IS NOT NULL;
CREATE INDEX event_by_customer ON event (customer, created) WHERE customer IS NOT NULL;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the log of events is append-only'); END;
CREATE TRIGGER event_keeps_what_it_said
BEFORE UPDATE OF num, id, type, created, api_version, object_kind, object_id, customer,
    request_id, idempotency_key, road, received_at ON event
BEGIN SELECT RAISE(ABORT, 'the log of events is append-only'); END;
-- The one change of a body that is allowed: an erasure takes personal data out, and says when.
CREATE TRIGGER event_is_only_erased BEFORE UPDATE OF body ON event
WHEN NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the log of events is append-only'); END;
-- An event is applied once: its outcome does not go back to waiting.
CREATE TRIGGER event_is_applied_once BEFORE UPDATE OF outcome ON event
WHEN OLD.outcome NOT IN (0, 5) AND NEW.outcome IS NOT OLD.outcome
BEGIN SELECT RAISE(ABORT, 'an event is applied once'); END;
