//! Writing the rows of a chunk: each key once, what is not known aside, what corrects something
//! kept for later.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use billing::usage::Measure;
use sqlx::{FromRow, SqliteConnection};

use super::days::Days;
use super::import::{Problems, UsageProblem};
use super::local_days::LocalDays;
use super::{UsageEntry, UsageKey, UsagePlace, UsageType};
use crate::bulk::{Rows, Statement, json_list};
use crate::error::Result;

/// Keys that are looked up by one statement.
const LOOKED_UP: usize = 1_000;

static RECORDS: LazyLock<Statement> = LazyLock::new(|| {
    Statement::new(
        "INSERT INTO usage_record (num, batch, customer, type, at, day, quantity, unbillable, \
         key_hash, corrects) VALUES",
        10,
        "ON CONFLICT (key_hash) DO NOTHING",
    )
});

static ASIDE: LazyLock<Statement> = LazyLock::new(|| {
    Statement::new(
        "INSERT INTO usage_aside (batch, tenant, type, at, quantity, unbillable, key_hash, \
         corrects) VALUES",
        8,
        "ON CONFLICT (key_hash) DO NOTHING",
    )
});

/// What a batch has come to so far.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Counts {
    pub records: i64,
    pub repeated: i64,
    pub aside: i64,
    pub first_at: Option<i64>,
    pub last_at: Option<i64>,
}

impl Counts {
    fn saw(&mut self, at: i64) {
        self.first_at = Some(self.first_at.map_or(at, |held| held.min(at)));
        self.last_at = Some(self.last_at.map_or(at, |held| held.max(at)));
    }
}

/// Writes rows of batches within one transaction.
pub(super) struct Writing<'a> {
    pub types: &'a [UsageType],
    pub local: &'a LocalDays,
    pub next_num: i64,
    pub counts: Counts,
    pub problems: Problems,
    pub customers: BTreeSet<i64>,
    /// Rows that correct others: written once those are there.
    pub corrections: Vec<UsageEntry>,
}

/// A record that holds a key already.
#[derive(Debug, FromRow)]
struct Held {
    position: i64,
    customer: i64,
    #[sqlx(rename = "type")]
    kind: i64,
    at: i64,
    quantity: i64,
    unbillable: Option<String>,
    corrects: Option<Vec<u8>>,
}

impl Held {
    /// Whether a row says what is held already.
    fn says(&self, row: &UsageEntry) -> bool {
        let place = UsagePlace::Known {
            customer: self.customer,
            kind: self.kind,
        };
        let corrects = self.corrects.as_deref().and_then(UsageKey::from_column);
        row.place == place
            && row.at == self.at
            && row.quantity.millionths() == self.quantity
            && row.unbillable.as_deref() == self.unbillable.as_deref()
            && row.corrects == corrects
    }
}

impl<'a> Writing<'a> {
    pub(super) async fn new(
        connection: &mut SqliteConnection,
        types: &'a [UsageType],
        local: &'a LocalDays,
        problems: Problems,
    ) -> Result<Self> {
        let next_num: i64 =
            sqlx::query_scalar("SELECT coalesce(max(num), 0) + 1 FROM usage_record")
                .fetch_one(connection)
                .await?;
        Ok(Self {
            types,
            local,
            next_num,
            counts: Counts::default(),
            problems,
            customers: BTreeSet::new(),
            corrections: Vec::new(),
        })
    }

    /// Writes rows of one batch that are ordered by their key.
    pub(super) async fn rows(
        &mut self,
        connection: &mut SqliteConnection,
        batch: i64,
        rows: Vec<UsageEntry>,
    ) -> Result<()> {
        let (mut known, mut aside) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in self.once_each(rows) {
            match row.place {
                UsagePlace::Aside(_) => aside.push(row),
                UsagePlace::Known { .. } if row.corrects.is_some() => self.corrections.push(row),
                UsagePlace::Known { .. } => known.push(row),
            }
        }
        self.known(connection, batch, known).await?;
        self.aside(connection, batch, aside).await
    }

    /// Writes the rows that correct others, as far as those are there; each is a problem else.
    pub(super) async fn corrections(
        &mut self,
        connection: &mut SqliteConnection,
        batch: i64,
    ) -> Result<()> {
        let mut rows = std::mem::take(&mut self.corrections);
        rows.sort_unstable_by_key(|row| (row.key, row.line));
        let rows = self.once_each(rows);
        let mut right = Vec::with_capacity(rows.len());
        for part in rows.chunks(LOOKED_UP) {
            let named: Vec<String> = part
                .iter()
                .filter_map(|row| row.corrects)
                .map(hex)
                .collect();
            let held: Vec<Held> = sqlx::query_as(
                "SELECT j.key AS position, r.customer, r.type, r.at, r.quantity, r.unbillable, \
                 r.corrects FROM json_each(?1) j CROSS JOIN usage_record r \
                 ON r.key_hash = unhex(j.value)",
            )
            .bind(json_list(&named))
            .fetch_all(&mut *connection)
            .await?;
            let held: HashMap<i64, Held> = held.into_iter().map(|it| (it.position, it)).collect();
            for (position, row) in (0_i64..).zip(part) {
                match wrong_correction(row, held.get(&position), self.types) {
                    None => right.push(row.clone()),
                    Some(problem) => self.problems.add(row.line, problem),
                }
            }
        }
        self.known(connection, batch, right).await
    }

    /// Of rows of one key the first; the others repeat it, or are a problem.
    fn once_each(&mut self, rows: Vec<UsageEntry>) -> Vec<UsageEntry> {
        let mut once: Vec<UsageEntry> = Vec::with_capacity(rows.len());
        for row in rows {
            match once.last().filter(|before| before.key == row.key) {
                None => once.push(row),
                Some(before) if same(before, &row) => self.counts.repeated += 1,
                Some(_) => self.problems.add(row.line, UsageProblem::KeyTaken),
            }
        }
        once
    }

    async fn known(
        &mut self,
        connection: &mut SqliteConnection,
        batch: i64,
        rows: Vec<UsageEntry>,
    ) -> Result<()> {
        let rows = self.not_aside_yet(connection, rows).await?;
        let first_num = self.next_num;
        let before = changes(connection).await?;
        let mut records = Rows::new(&RECORDS);
        for row in &rows {
            let UsagePlace::Known { customer, kind } = row.place else {
                continue;
            };
            for cell in [
                self.next_num,
                batch,
                customer,
                kind,
                row.at,
                self.local.day(row.at),
            ] {
                records.int(cell);
            }
            records.int(row.quantity.millionths());
            records.maybe_text(row.unbillable.as_deref());
            records.blob(row.key.0);
            match row.corrects {
                Some(key) => records.blob(key.0),
                None => records.maybe_int(None),
            }
            self.next_num += 1;
            records.end_row(connection).await?;
        }
        records.finish(connection).await?;
        let written = usize::try_from(changes(connection).await? - before).unwrap_or(0);
        let held = if written < rows.len() {
            self.held(connection, &rows, first_num).await?
        } else {
            HashMap::new()
        };
        let mut days = Days::new(self.types, self.local);
        for (position, row) in rows.iter().enumerate() {
            match (held.get(&position), &row.place) {
                (None, UsagePlace::Known { customer, kind }) => {
                    self.counts.records += 1;
                    self.counts.saw(row.at);
                    days.add(*customer, *kind, row)?;
                }
                (Some(held), _) if held.says(row) => self.counts.repeated += 1,
                _ => self.problems.add(row.line, UsageProblem::KeyTaken),
            }
        }
        days.write(connection, &mut self.customers).await
    }

    /// The records that held the keys of `rows` before the record of number `first_num`, by their
    /// position.
    async fn held(
        &self,
        connection: &mut SqliteConnection,
        rows: &[UsageEntry],
        first_num: i64,
    ) -> Result<HashMap<usize, Held>> {
        let mut found = HashMap::new();
        for (start, part) in (0..).step_by(LOOKED_UP).zip(rows.chunks(LOOKED_UP)) {
            let keys: Vec<String> = part.iter().map(|row| hex(row.key)).collect();
            let held: Vec<Held> = sqlx::query_as(
                "SELECT j.key AS position, r.customer, r.type, r.at, r.quantity, r.unbillable, \
                 r.corrects FROM json_each(?1) j CROSS JOIN usage_record r \
                 ON r.key_hash = unhex(j.value) WHERE r.num < ?2",
            )
            .bind(json_list(&keys))
            .bind(first_num)
            .fetch_all(&mut *connection)
            .await?;
            found.extend(held.into_iter().filter_map(|it| {
                let position = usize::try_from(it.position).ok()?;
                Some((start + position, it))
            }));
        }
        Ok(found)
    }

    /// The rows whose keys are not among what is kept aside; the others repeat what is there.
    async fn not_aside_yet(
        &mut self,
        connection: &mut SqliteConnection,
        rows: Vec<UsageEntry>,
    ) -> Result<Vec<UsageEntry>> {
        let any: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM usage_aside)")
            .fetch_one(&mut *connection)
            .await?;
        if !any {
            return Ok(rows);
        }
        let mut there = BTreeSet::new();
        for part in rows.chunks(LOOKED_UP) {
            let keys: Vec<String> = part.iter().map(|row| hex(row.key)).collect();
            let held: Vec<Vec<u8>> = sqlx::query_scalar(
                "SELECT a.key_hash FROM json_each(?1) j CROSS JOIN usage_aside a \
                 ON a.key_hash = unhex(j.value)",
            )
            .bind(json_list(&keys))
            .fetch_all(&mut *connection)
            .await?;
            there.extend(held.iter().filter_map(|key| UsageKey::from_column(key)));
        }
        let (repeated, rows): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| there.contains(&row.key));
        self.counts.repeated += i64::try_from(repeated.len()).unwrap_or(i64::MAX);
        Ok(rows)
    }

    async fn aside(
        &mut self,
        connection: &mut SqliteConnection,
        batch: i64,
        rows: Vec<UsageEntry>,
    ) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        // A key that was delivered under a name that was known keeps its record.
        let held = self.held(connection, &rows, i64::MAX).await?;
        let before = changes(connection).await?;
        let mut aside = Rows::new(&ASIDE);
        for (position, row) in rows.iter().enumerate() {
            let UsagePlace::Aside(names) = &row.place else {
                continue;
            };
            if held.contains_key(&position) {
                continue;
            }
            aside.int(batch);
            aside.verbatim(&names.tenant);
            aside.verbatim(&names.kind);
            aside.int(row.at);
            aside.int(row.quantity.millionths());
            aside.maybe_text(row.unbillable.as_deref());
            aside.blob(row.key.0);
            match row.corrects {
                Some(key) => aside.blob(key.0),
                None => aside.maybe_int(None),
            }
            aside.end_row(connection).await?;
        }
        aside.finish(connection).await?;
        let written = changes(connection).await? - before;
        let all = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        self.counts.aside += written;
        self.counts.repeated += all - written;
        if written > 0 {
            for row in &rows {
                self.counts.saw(row.at);
            }
        }
        Ok(())
    }
}

/// Two rows of one key that say the same, wherever they stand.
fn same(a: &UsageEntry, b: &UsageEntry) -> bool {
    a.place == b.place
        && a.at == b.at
        && a.quantity == b.quantity
        && a.unbillable == b.unbillable
        && a.corrects == b.corrects
}

/// Why a row does not correct what it names.
fn wrong_correction(
    row: &UsageEntry,
    named: Option<&Held>,
    types: &[UsageType],
) -> Option<UsageProblem> {
    let Some(named) = named else {
        return Some(UsageProblem::CorrectsNothing);
    };
    let place = UsagePlace::Known {
        customer: named.customer,
        kind: named.kind,
    };
    if row.place != place {
        return Some(UsageProblem::CorrectsAnother);
    }
    if named.corrects.is_some() {
        return Some(UsageProblem::CorrectsCorrection);
    }
    let level = |kind| {
        let mut types = types.iter();
        types.any(|held: &UsageType| held.num == kind && held.measure == Measure::Level)
    };
    level(named.kind).then_some(UsageProblem::CorrectsLevel)
}

pub(super) fn hex(key: UsageKey) -> String {
    hex::encode(key.0)
}

/// Rows that this connection has changed so far.
async fn changes(connection: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT total_changes()")
        .fetch_one(connection)
        .await?)
}
