-- Plans, the tenants' own allowances, and how use stands to them. The first three tables are
-- projections of the ledger, usage_state of everything. `entry` is the number of the ledger's
-- entry, days are numbers of days since 1970-01-01 in the company's zone, quantities millionths.

-- Versions of plans that the company wrote; the product's own first ones stand in the program.
CREATE TABLE plan_version (
    plan TEXT NOT NULL,
    effective_from INTEGER NOT NULL,
    body TEXT NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (plan, effective_from)
) STRICT, WITHOUT ROWID;

-- What a price stands for, as a person confirmed it; without a plan: something sold beside one.
-- A price that is not here is not mapped.
CREATE TABLE plan_price (
    price TEXT PRIMARY KEY,
    plan TEXT,
    entry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Overrides (without a quantity: unlimited), top-ups and what is carried over, under the number of
-- their entry. Reason and requester stand in the entry. `ended` is the entry that ended it early.
CREATE TABLE allowance_change (
    num INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    customer INTEGER NOT NULL,
    type INTEGER NOT NULL,
    from_day INTEGER NOT NULL,
    to_day INTEGER,
    quantity INTEGER,
    ended INTEGER
) STRICT;
CREATE INDEX allowance_change_by_customer ON allowance_change (customer, type);

-- Customers whose state has to be told anew before it is read.
CREATE TABLE usage_due (
    customer INTEGER PRIMARY KEY
) STRICT;

-- How a tenant's use stands to its allowance in the period that runs. What is not known is null:
-- `allowance` (which is null too where there is no limit), `used`, `percent` (hundredths of a
-- percent), `state` (0 within, 1 near, 2 reached, 3 over), `runs_out` (the day on which the forecast
-- reaches the allowance). `plan` is '' where there is none. Before the day `holds_until` time alone
-- changes nothing.
CREATE TABLE usage_state (
    customer INTEGER NOT NULL,
    type INTEGER NOT NULL,
    period_start INTEGER NOT NULL,
    period_end INTEGER NOT NULL,
    plan TEXT NOT NULL,
    unmapped INTEGER NOT NULL,
    allowance INTEGER,
    unlimited INTEGER NOT NULL,
    used INTEGER,
    unbillable INTEGER,
    percent INTEGER,
    state INTEGER,
    overage INTEGER,
    overage_minor INTEGER,
    overage_currency TEXT,
    last_at INTEGER,
    runs_out INTEGER,
    holds_until INTEGER NOT NULL,
    PRIMARY KEY (customer, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_state_by_percent ON usage_state (type, percent);
CREATE INDEX usage_state_turning ON usage_state (holds_until);
