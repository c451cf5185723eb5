//! How fast the account answers: pages of 100 invoices over four kept connections, read and
//! thrown away.
//!
//! `cargo run --release -p simulator --example throughput [SECONDS [COMPANY_CUSTOMERS]]`

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use simulator::{Options, Shape, TruthKind};

const CONNECTIONS: usize = 4;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[expect(clippy::print_stdout, reason = "a measurement is printed")]
fn main() -> Result<(), Failure> {
    let seconds = std::env::args()
        .nth(1)
        .and_then(|it| it.parse().ok())
        .unwrap_or(5);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let made = Instant::now();
    let company = std::env::args().nth(2).and_then(|it| it.parse().ok());
    let shape = match company {
        Some(_) => Shape::Company,
        None => Shape::Uniform {
            invoices_per_customer: 5,
            lines: 3,
        },
    };
    let customers = company.unwrap_or(20_000);
    let options = Options {
        customers,
        shape,
        ..Options::default()
    };
    let account = runtime.block_on(simulator::start(options))?;
    let ids = account.truth().ids(TruthKind::Invoice);
    println!(
        "{} invoices made in {:?}, {} MB",
        ids.len(),
        made.elapsed(),
        memory_mb()
    );
    let stop = Arc::new(AtomicBool::new(false));
    let (pages, bytes) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let before = cpu_seconds();
    let readers: Vec<_> = (0..CONNECTIONS)
        .map(|place| {
            let (stop, pages, bytes) = (stop.clone(), pages.clone(), bytes.clone());
            let (url, key) = (account.base_url.clone(), account.secret_key.clone());
            let cursors: Vec<String> = ids
                .iter()
                .skip(99 + place * 100)
                .step_by(400)
                .cloned()
                .collect();
            std::thread::spawn(move || read(&url, &key, &cursors, &stop, &pages, &bytes))
        })
        .collect();
    let started = Instant::now();
    std::thread::sleep(Duration::from_secs(seconds));
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.join().map_err(|_| "a reader panicked")??;
    }
    let took = started.elapsed().as_secs_f64();
    let pages = pages.load(Ordering::Relaxed);
    println!(
        "{:.0} invoices/s, {:.0} MB/s, {:.2} CPU seconds a second (readers included)",
        pages as f64 * 100.0 / took,
        bytes.load(Ordering::Relaxed) as f64 / took / 1e6,
        (cpu_seconds() - before) / took,
    );
    runtime.block_on(account.shutdown());
    Ok(())
}

/// Asks for one page after the other until told to stop.
fn read(
    url: &str,
    key: &str,
    cursors: &[String],
    stop: &AtomicBool,
    pages: &AtomicU64,
    bytes: &AtomicU64,
) -> Result<(), Failure> {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 1 << 20];
    for cursor in cursors.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let request = format!(
            "GET /v1/invoices?limit=100&starting_after={cursor} HTTP/1.1\r\nhost: {host}\r\n\
             authorization: Bearer {key}\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        let got = stream.read(&mut buffer)?;
        let head = String::from_utf8_lossy(&buffer[..got]).to_ascii_lowercase();
        let end = head.find("\r\n\r\n").ok_or("no end of the headers")? + 4;
        let length = head
            .split("content-length: ")
            .nth(1)
            .and_then(|it| it.split('\r').next());
        let mut left = length.ok_or("no length")?.parse::<usize>()? - (got - end);
        bytes.fetch_add((left + got) as u64, Ordering::Relaxed);
        while left > 0 {
            let most = left.min(buffer.len());
            left -= stream.read(&mut buffer[..most])?;
        }
        pages.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// CPU seconds that this process used, from the kernel's accounts; 0 where there are none.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks = |place: usize| {
        fields
            .get(place)
            .and_then(|it| it.parse().ok())
            .unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

/// The most memory that this process held, in MB; 0 where the kernel does not say.
fn memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0_u64) / 1024
}
