//! Seeded runs of what must hold however often it is tried. `cargo xtask soak --area A` runs the
//! tests of `soak::A`; every area takes its share of the seeds of a test run.

mod load;

use std::path::Path;

/// Fresh seeds of one area where none are asked for.
const SEEDS_UNASKED: u64 = 3;
/// The first fresh seed where none is asked for.
const FIRST_UNASKED: u64 = 1;

/// The fresh seeds that the environment asks an area for.
fn fresh_seeds() -> Vec<u64> {
    let number = |name| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.trim().parse().ok())
    };
    let first: u64 = number("METERDESK_SOAK_FIRST").unwrap_or(FIRST_UNASKED);
    let count: u64 = number("METERDESK_SOAK_SEEDS").unwrap_or(SEEDS_UNASKED);
    (first..first.saturating_add(count)).collect()
}

/// The seeds of an area that ever failed: `tests/suite/seeds/AREA.txt`, one a line.
fn old_seeds(area: &str) -> Vec<u64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/seeds");
    let text = std::fs::read_to_string(folder.join(format!("{area}.txt"))).unwrap_or_default();
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .map(|line| {
            line.parse()
                .unwrap_or_else(|_| panic!("{area}.txt holds seeds: {line}"))
        })
        .collect()
}
