//! A row of cells becomes a record, or findings that say what is wrong with it.

use std::collections::HashSet;
use std::sync::Arc;

use billing::usage::{Quantity, QuantityError};
use books::{
    MOST_OF_A_RECORD, UsageEntry, UsageKey, UsageNames, UsagePlace, UsageTenants, UsageType,
    WhichTenant,
};

use crate::findings::{Findings, Kind};
use crate::mapping::{Mapping, MappingError, Places, TimeFormat};
use crate::table::Table;
use crate::time::Times;

/// Letters of a name or a reason, at most.
const MAX_LETTERS: usize = 120;
/// Reasons that are kept in memory once, at most.
const MAX_REASONS: usize = 1_000;

/// What every row of a source is read by.
pub(crate) struct Context {
    pub source: i64,
    pub tenants: UsageTenants,
    pub types: Vec<UsageType>,
    /// UTC seconds.
    pub now: i64,
    /// The company's zone.
    pub zone: billing::period::Zone,
}

/// Reads the rows of one table.
pub(crate) struct Rows {
    context: Arc<Context>,
    places: Places,
    fixed_kind: Option<String>,
    times: Times,
    reasons: HashSet<Arc<str>>,
    key_of_all: [usize; 4],
}

impl Rows {
    pub(crate) fn new(
        mapping: &Mapping,
        columns: &[String],
        context: Arc<Context>,
    ) -> Result<Self, MappingError> {
        let places = mapping.places(columns, context.zone)?;
        let format = mapping.time_format.clone().unwrap_or(TimeFormat::Iso);
        Ok(Self {
            times: Times::new(format, places.zone, context.now),
            fixed_kind: mapping.fixed_kind.clone(),
            key_of_all: [
                places.tenant,
                places.kind.unwrap_or(places.tenant),
                places.time,
                places.quantity,
            ],
            places,
            context,
            reasons: HashSet::new(),
        })
    }

    /// The record that the table's row makes; none, and findings, where something is wrong.
    pub(crate) fn read(
        &mut self,
        table: &Table,
        line: u64,
        findings: &mut Findings,
    ) -> Option<UsageEntry> {
        let mut wrong = false;
        let mut said = Said {
            line,
            table,
            findings,
            wrong: &mut wrong,
        };
        let place = self.place(&mut said);
        let at = said.take(self.places.time, |cell| self.times.read(cell));
        let quantity = said.take(self.places.quantity, quantity);
        let unbillable = self.unbillable(&mut said);
        let corrects = self.places.corrects.map(|column| table.cell(column));
        let corrects = corrects.filter(|cell| !cell.is_empty());
        if let Some(quantity) = quantity
            && quantity.is_negative()
            && corrects.is_none()
        {
            said.refuse(self.places.quantity, Kind::Negative);
        }
        let key = self.key(&mut said);
        let (place, at, quantity, key) = (place?, at?, quantity?, key?);
        let unbillable = unbillable?;
        if wrong {
            return None;
        }
        Some(UsageEntry {
            line,
            place,
            at,
            quantity,
            unbillable,
            key,
            corrects: corrects.map(|cell| self.named_key(table, &[cell])),
        })
    }

    fn kind<'t>(&'t self, table: &'t Table) -> &'t [u8] {
        match (&self.fixed_kind, self.places.kind) {
            (Some(fixed), _) => fixed.as_bytes(),
            (None, Some(column)) => table.cell(column),
            (None, None) => &[],
        }
    }

    fn place(&self, said: &mut Said<'_>) -> Option<UsagePlace> {
        let tenant = said.take(self.places.tenant, named)?;
        let kind = self.kind(said.table);
        if let (None, Some(column)) = (&self.fixed_kind, self.places.kind) {
            said.take(column, named)?;
        }
        let known = self
            .context
            .types
            .iter()
            .find(|held| held.name.as_bytes() == kind);
        let which = self.context.tenants.find(tenant);
        if let (WhichTenant::One(customer), Some(known)) = (which, known) {
            let kind = known.num;
            return Some(UsagePlace::Known { customer, kind });
        }
        match which {
            WhichTenant::One(_) => {}
            WhichTenant::Several => said.note(self.places.tenant, Kind::AmbiguousTenant),
            WhichTenant::Nobody => said.note(self.places.tenant, Kind::UnknownTenant),
        }
        if known.is_none() {
            match self.places.kind {
                Some(column) => said.note(column, Kind::UnknownType),
                None => said.findings.add(said.line, None, kind, Kind::UnknownType),
            }
        }
        Some(UsagePlace::Aside(Box::new(UsageNames {
            tenant: String::from_utf8_lossy(tenant).into_owned(),
            kind: String::from_utf8_lossy(kind).into_owned(),
        })))
    }

    /// Why it is not billed, if it is not. A flag decides where there is one; a reason stands for
    /// itself where there is none.
    fn unbillable(&mut self, said: &mut Said<'_>) -> Option<Option<Arc<str>>> {
        let reason = match self.places.reason {
            Some(column) => said.take(column, short)?,
            None => &[],
        };
        let billed = match self.places.billable {
            Some(column) => said.take(column, flag)?,
            None => None,
        };
        Some(match (billed, reason) {
            (Some(true), _) | (None, []) => None,
            (Some(false), []) => Some(self.reason(b"not billed")),
            (_, reason) => Some(self.reason(reason)),
        })
    }

    fn reason(&mut self, text: &[u8]) -> Arc<str> {
        let text = String::from_utf8_lossy(text);
        if let Some(held) = self.reasons.get(&*text) {
            return Arc::clone(held);
        }
        let reason: Arc<str> = Arc::from(&*text);
        if self.reasons.len() < MAX_REASONS {
            self.reasons.insert(Arc::clone(&reason));
        }
        reason
    }

    fn key(&self, said: &mut Said<'_>) -> Option<UsageKey> {
        let table = said.table;
        let cells = |columns: &[usize]| {
            let cells: Vec<&[u8]> = columns.iter().map(|column| table.cell(*column)).collect();
            self.named_key(table, &cells)
        };
        match self.places.key.as_slice() {
            [] => Some(cells(&self.key_of_all)),
            [column] => said
                .take(*column, present)
                .map(|cell| self.named_key(table, &[cell])),
            columns => Some(cells(columns)),
        }
    }

    /// A key belongs to a source and a type: one row of a wide table is a record of several types.
    fn named_key(&self, table: &Table, cells: &[&[u8]]) -> UsageKey {
        let kind = std::iter::once(self.kind(table));
        UsageKey::of(self.context.source, kind.chain(cells.iter().copied()))
    }
}

/// Takes cells of a row, and keeps what is wrong with them.
struct Said<'a> {
    line: u64,
    table: &'a Table,
    findings: &'a mut Findings,
    wrong: &'a mut bool,
}

impl<'a> Said<'a> {
    fn take<T>(
        &mut self,
        column: usize,
        read: impl FnOnce(&'a [u8]) -> Result<T, Kind>,
    ) -> Option<T> {
        let read = read(self.table.cell(column));
        match read {
            Ok(value) => Some(value),
            Err(kind) => {
                self.refuse(column, kind);
                None
            }
        }
    }

    fn refuse(&mut self, column: usize, kind: Kind) {
        *self.wrong = true;
        self.note(column, kind);
    }

    fn note(&mut self, column: usize, kind: Kind) {
        let heading = self.table.columns().get(column).map(String::as_str);
        self.findings
            .add(self.line, heading, self.table.cell(column), kind);
    }
}

fn present(cell: &[u8]) -> Result<&[u8], Kind> {
    if cell.is_empty() {
        Err(Kind::Missing)
    } else {
        Ok(cell)
    }
}

fn short(cell: &[u8]) -> Result<&[u8], Kind> {
    if cell.len() > 4 * MAX_LETTERS {
        Err(Kind::TooLong)
    } else {
        Ok(cell)
    }
}

fn named(cell: &[u8]) -> Result<&[u8], Kind> {
    short(present(cell)?)
}

fn quantity(cell: &[u8]) -> Result<Quantity, Kind> {
    let quantity = Quantity::parse_bytes(cell).map_err(|error| match error {
        QuantityError::Empty => Kind::Missing,
        QuantityError::NotANumber { .. } => Kind::BadNumber,
        QuantityError::TooFine { .. } => Kind::TooFine,
        QuantityError::TooLarge => Kind::TooLarge,
    })?;
    if quantity.millionths().unsigned_abs() > MOST_OF_A_RECORD.millionths().unsigned_abs() {
        return Err(Kind::TooLarge);
    }
    Ok(quantity)
}

fn flag(cell: &[u8]) -> Result<Option<bool>, Kind> {
    let any = |words: &[&str]| {
        words
            .iter()
            .any(|it| cell.eq_ignore_ascii_case(it.as_bytes()))
    };
    if cell.is_empty() {
        Ok(None)
    } else if any(&["true", "yes", "1", "t", "y"]) {
        Ok(Some(true))
    } else if any(&["false", "no", "0", "f", "n"]) {
        Ok(Some(false))
    } else {
        Err(Kind::BadFlag)
    }
}
