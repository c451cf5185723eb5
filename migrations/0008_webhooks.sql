-- Requests to the webhook listener that were refused, without their bodies. Those of one reason
-- within one second are one row; the newest thousand rows are kept.
CREATE TABLE webhook_refusal (
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    times INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (at, reason)
) STRICT, WITHOUT ROWID;

-- Whether an event tells of a change that finance signs for (a refund, a credit note, a balance, a
-- grant, a void, a plan or a number of seats) that a request made, and no request of ours.
ALTER TABLE event ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0;
CREATE INDEX event_elsewhere ON event (created) WHERE elsewhere = 1;
CREATE INDEX event_by_webhook ON event (received_at) WHERE road = 2;

-- Who explained such a change is in the ledger, and found there by the event's id.
CREATE INDEX ledger_explained ON ledger (json_extract(payload, '$.event'))
WHERE kind = 'elsewhere.explained';
