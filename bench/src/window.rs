//! Reads of the window's tables while a load runs in the same process, and afterwards.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use desk::answers::{
    Count, Direction, InvoiceFilter, InvoiceSort, SyncPhase, TenantFilter, TenantSort,
};
use desk::{ConnectRequest, Desk, DeskConfig, Keyring, Pace};
use secrecy::SecretString;

use crate::account::{Account, PASSPHRASE, Programs};
use crate::figures::{Report, at, milliseconds, say};

/// Rows that a screen asks for.
const ROWS: u64 = 100;
/// A thousandth of the usual account's tables, so that ranks reach over the whole of them.
const INVOICES_PART: u64 = 99;
const TENANTS_PART: u64 = 19;
/// A pause between two reads, as a person's scrolling makes.
const PAUSE: Duration = Duration::from_millis(20);
/// Reads when nothing else happens.
const IDLE_READS: usize = 1_000;

/// Measures reads during a first load and idle.
///
/// # Errors
/// When the load or a read fails.
pub fn while_loading(programs: &Programs, customers: u32, report: &mut Report) -> Result<()> {
    say("\n==> Window: table reads while a load runs, and idle");
    let account = Account::serve(customers, None)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let (busy, idle) = runtime.block_on(read_both(programs, &account))?;
    std::fs::remove_dir_all(programs.books("window"))?;
    report.note(
        "table reads during a load, p50",
        milliseconds(at(&busy, 50)),
    );
    report.note(
        "table reads during a load, p99",
        milliseconds(at(&busy, 99)),
    );
    report.note("table reads idle, p50", milliseconds(at(&idle, 50)));
    report.note("table reads idle, p99", milliseconds(at(&idle, 99)));
    let ratio = at(&busy, 99).as_secs_f64() / at(&idle, 99).as_secs_f64().max(1e-6);
    let met = Some(ratio <= 2.0);
    report.add(
        "p99 during a load against idle",
        format!("{ratio:.2}"),
        "at most 2.00",
        met,
    );
    Ok(())
}

async fn read_both(
    programs: &Programs,
    account: &Account,
) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let mut config = DeskConfig::new(programs.books("window"));
    config.keyring = Keyring::Off;
    config.passphrase = Some(SecretString::from(PASSPHRASE));
    config.loopback_pace = Pace::Unlimited;
    let desk = Desk::new(config)?;
    let request = ConnectRequest {
        key: SecretString::from(account.key.clone()),
        name: Some("bench".to_owned()),
        api_base: Some(account.base_url.clone()),
        entity_name: None,
        passphrase: None,
    };
    desk.connect(request).await?;
    let progress = desk.subscribe_progress();
    desk.sync_start(false).await?;
    let mut random = Random(7);
    let mut busy = Vec::new();
    loop {
        let phase = progress.borrow().phase;
        if matches!(
            phase,
            SyncPhase::Done | SyncPhase::Failed | SyncPhase::Cancelled
        ) {
            break;
        }
        busy.push(read(&desk, &mut random).await?);
        tokio::time::sleep(PAUSE).await;
    }
    let ended = desk.sync_wait().await?;
    ensure!(
        ended.phase == SyncPhase::Done,
        "the load ended as {:?}",
        ended.phase
    );
    ensure!(
        busy.len() >= 20,
        "the load was over before anything could be measured"
    );
    let mut idle = Vec::new();
    for _ in 0..IDLE_READS {
        idle.push(read(&desk, &mut random).await?);
        tokio::time::sleep(PAUSE / 10).await;
    }
    desk.close().await?;
    busy.sort_unstable();
    idle.sort_unstable();
    Ok((busy, idle))
}

/// One screen of rows at a random rank of one of the two tables.
async fn read(desk: &Desk, random: &mut Random) -> Result<Duration> {
    let invoices = random.below(2) == 0;
    let part = random.below(1_000);
    let count = Count(ROWS);
    let started = Instant::now();
    if invoices {
        let filter = InvoiceFilter::default();
        let (sort, down) = (InvoiceSort::Finalized, Direction::Descending);
        let first = Count(part * INVOICES_PART);
        desk.invoices(filter, sort, down, first, count).await?;
    } else {
        let filter = TenantFilter::default();
        let first = Count(part * TENANTS_PART);
        desk.tenants(filter, TenantSort::Name, Direction::Ascending, first, count)
            .await?;
    }
    Ok(started.elapsed())
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % limit
    }
}
