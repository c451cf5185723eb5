//! The bodies of versions: zstd with a dictionary a kind, trained on its first objects, because
//! Stripe's objects of one kind look alike. A body is small, and so every byte of its frame is
//! felt that is the same in all: the four that say "zstd" are left out, as is the dictionary's
//! number, which the table has.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::SqliteConnection;
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{CCtx, DCtx, compress_bound, get_error_name};

use super::Place;
use super::samples::impersonal;
use crate::error::{BooksError, Result};

/// Fast: the dictionary does the work. Level 1 is a fifth quicker and leaves a tenth more.
const LEVEL: i32 = 3;
/// Larger dictionaries gain little on objects of a few kB, and leave the processor's cache.
const MAX_DICTIONARY_BYTES: usize = 32 * 1024;
/// Objects from which a dictionary learns. They are kept without one themselves; more of them
/// make it hardly better.
const SAMPLES: usize = if cfg!(test) { 100 } else { 300 };
/// What every frame of zstd begins with, and no body.
const MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();
/// Where a dictionary has its number in zstd's own form.
const DICTIONARY_NUMBER: std::ops::Range<usize> = 4..8;
/// No canonical form is larger.
const MAX_BODY_BYTES: usize = 64 << 20;

thread_local! {
    // Setting up what zstd works in takes longer than an object of a few kB.
    static COMPRESSING: RefCell<Option<CCtx<'static>>> = const { RefCell::new(None) };
    static OPENING: RefCell<Option<DCtx<'static>>> = const { RefCell::new(None) };
}

/// A trained dictionary, ready for both directions.
pub(crate) struct Dictionary {
    pub(crate) num: i64,
    pub(crate) place: Place,
    pub(crate) bytes: Vec<u8>,
    encoder: EncoderDictionary<'static>,
    decoder: DecoderDictionary<'static>,
}

impl Dictionary {
    fn new(num: i64, place: Place, bytes: Vec<u8>) -> Self {
        let encoder = EncoderDictionary::copy(&bytes, LEVEL);
        let decoder = DecoderDictionary::copy(&bytes);
        Self {
            num,
            place,
            bytes,
            encoder,
            decoder,
        }
    }

    fn train(num: i64, place: Place, samples: &[Vec<u8>]) -> Option<Self> {
        let total: usize = samples.iter().map(Vec::len).sum();
        let size = MAX_DICTIONARY_BYTES.min(total / 4).max(1024);
        let mut bytes = match zstd::dict::from_samples(samples, size) {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::debug!(%error, kind = place.kind, "no dictionary from these samples");
                return None;
            }
        };
        // Without a number of its own it adds none to the frames.
        if let Some(number) = bytes.get_mut(DICTIONARY_NUMBER) {
            number.fill(0);
        }
        Some(Self::new(num, place, bytes))
    }

    /// Compresses `form` into `out`, which is emptied first.
    pub(crate) fn compress(&self, form: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        compressing(form.len(), out, |context, out| {
            context.compress_using_cdict(out, form, self.encoder.as_cdict())
        })
    }
}

/// Compresses `form` into `out`, which is emptied first, without a dictionary: for kinds of which
/// there are few.
pub(crate) fn compress_plain(form: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    compressing(form.len(), out, |context, out| {
        context.compress(out, form, LEVEL)
    })
}

fn compressing(
    length: usize,
    out: &mut Vec<u8>,
    compress: impl FnOnce(&mut CCtx<'static>, &mut Vec<u8>) -> zstd::zstd_safe::SafeResult,
) -> io::Result<()> {
    out.clear();
    out.reserve(compress_bound(length));
    COMPRESSING.with_borrow_mut(|context| {
        let made = match context.take() {
            Some(made) => made,
            None => CCtx::try_create().ok_or(io::ErrorKind::OutOfMemory)?,
        };
        compress(context.insert(made), out).map_err(named)?;
        if !out.starts_with(&MAGIC) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        out.drain(..MAGIC.len());
        Ok(())
    })
}

/// The form of so many bytes behind `body`.
fn opened(
    body: &[u8],
    length: usize,
    dictionary: Option<&DecoderDictionary<'static>>,
) -> io::Result<Vec<u8>> {
    let mut form = Vec::with_capacity(length);
    let frame = [&MAGIC, body].concat();
    OPENING.with_borrow_mut(|context| {
        let made = match context.take() {
            Some(made) => made,
            None => DCtx::try_create().ok_or(io::ErrorKind::OutOfMemory)?,
        };
        let context = context.insert(made);
        match dictionary {
            Some(dictionary) => {
                context.decompress_using_ddict(&mut form, &frame, dictionary.as_ddict())
            }
            None => context.decompress(&mut form, &frame),
        }
        .map_err(named)?;
        Ok(form)
    })
}

fn named(code: usize) -> io::Error {
    io::Error::other(get_error_name(code))
}

/// The dictionaries of one book.
#[derive(Default)]
pub(crate) struct Dictionaries {
    known: Mutex<Known>,
    /// Forms from which a dictionary will learn.
    collected: Mutex<HashMap<Place, Vec<Vec<u8>>>>,
}

#[derive(Default)]
struct Known {
    by_place: HashMap<Place, Arc<Dictionary>>,
    by_num: HashMap<i64, Arc<Dictionary>>,
    stored: HashSet<i64>,
}

impl Dictionaries {
    pub(crate) async fn load(connection: &mut SqliteConnection) -> Result<Self> {
        let dictionaries = Self::default();
        let rows: Vec<(i64, i64, i64, Vec<u8>)> =
            sqlx::query_as("SELECT num, kind, part, body FROM dictionary ORDER BY rowid")
                .fetch_all(connection)
                .await?;
        for (num, kind, part, body) in rows {
            let place = Place {
                kind,
                part: usize::from(part != 0),
            };
            let dictionary = Arc::new(Dictionary::new(num, place, body));
            let mut known = dictionaries.known();
            known.by_place.insert(place, Arc::clone(&dictionary));
            known.by_num.insert(num, dictionary);
            known.stored.insert(num);
        }
        Ok(dictionaries)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // A panic elsewhere leaves maps that are whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The dictionary of a place. Where there is none yet, `samples` are collected until they are
    /// enough to train one; what comes before is kept without.
    pub(crate) fn at<'a>(
        &self,
        place: Place,
        samples: impl Iterator<Item = &'a [u8]>,
    ) -> Option<Arc<Dictionary>> {
        let found = self.known().by_place.get(&place).cloned();
        if found.is_some() {
            return found;
        }
        // One collects and trains, the others wait: almost every version shall have it.
        let mut collected = self
            .collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let found = self.known().by_place.get(&place).cloned();
        if found.is_some() {
            return found;
        }
        let forms = collected.entry(place).or_default();
        let wanted = SAMPLES.saturating_sub(forms.len());
        forms.extend(samples.take(wanted).map(<[u8]>::to_vec));
        if forms.len() < SAMPLES {
            return None;
        }
        let forms = collected.remove(&place)?;
        // One process writes, and one thread trains: the next number is free. A batch that fails
        // leaves no version with it.
        let num = self
            .known()
            .by_num
            .keys()
            .max()
            .map_or(1, |newest| newest + 1);
        let trained = Arc::new(Dictionary::train(num, place, &impersonal(&forms))?);
        let mut known = self.known();
        known.by_place.insert(place, Arc::clone(&trained));
        known.by_num.insert(trained.num, Arc::clone(&trained));
        Some(trained)
    }

    pub(crate) fn is_stored(&self, num: i64) -> bool {
        self.known().stored.contains(&num)
    }

    pub(crate) fn mark_stored(&self, nums: impl IntoIterator<Item = i64>) {
        self.known().stored.extend(nums);
    }

    /// The canonical form behind a body.
    pub(crate) async fn open(
        &self,
        connection: &mut SqliteConnection,
        body: &[u8],
        length: i64,
        dictionary: Option<i64>,
    ) -> Result<Vec<u8>> {
        let damaged = |detail: String| BooksError::Damaged { detail };
        let length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= MAX_BODY_BYTES)
            .ok_or_else(|| damaged("a version's length".to_owned()))?;
        let dictionary = match dictionary {
            None => None,
            Some(num) => Some(self.by_num(connection, num).await?),
        };
        opened(body, length, dictionary.as_deref().map(|it| &it.decoder))
            .map_err(|error| damaged(format!("a version's body: {error}")))
    }

    async fn by_num(&self, connection: &mut SqliteConnection, num: i64) -> Result<Arc<Dictionary>> {
        let known = self.known().by_num.get(&num).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        // Another process stored it after this book was opened.
        let row: Option<(i64, i64, Vec<u8>)> =
            sqlx::query_as("SELECT kind, part, body FROM dictionary WHERE num = ?1")
                .bind(num)
                .fetch_optional(connection)
                .await?;
        let (kind, part, body) = row.ok_or_else(|| BooksError::Damaged {
            detail: "a dictionary is missing".to_owned(),
        })?;
        let place = Place {
            kind,
            part: usize::from(part != 0),
        };
        let dictionary = Arc::new(Dictionary::new(num, place, body));
        self.known().by_num.insert(num, Arc::clone(&dictionary));
        Ok(dictionary)
    }
}
