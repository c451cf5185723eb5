//! Seeded runs of what must hold however often it is tried. `cargo xtask soak --area A` runs the
//! tests of `soak::A`; the fresh seeds of a test run are dealt to the areas in turn.

mod books;
mod events;
mod load;
mod proofs;
mod usage;

use std::path::Path;

/// The areas among which a test run's seeds are dealt.
const AREAS: [&str; 5] = ["load", "books", "proofs", "events", "usage"];
/// Fresh seeds in all where none are asked for.
const SEEDS_UNASKED: u64 = 8;
/// The first fresh seed where none is asked for.
const FIRST_UNASKED: u64 = 1;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.trim().parse().ok()
}

/// The fresh seeds that the environment asks an area for: all of them where
/// `METERDESK_SOAK_AREA` names it, none where that names another, else its part of them.
fn fresh_seeds(area: &str) -> Vec<u64> {
    let first = variable("METERDESK_SOAK_FIRST").unwrap_or(FIRST_UNASKED);
    let count = variable("METERDESK_SOAK_SEEDS").unwrap_or(SEEDS_UNASKED);
    let seeds = first..first.saturating_add(count);
    match std::env::var("METERDESK_SOAK_AREA") {
        Ok(named) if named == area => seeds.collect(),
        Ok(_) => Vec::new(),
        Err(_) => {
            let place = AREAS.iter().position(|known| *known == area);
            let place = place.unwrap_or_else(|| panic!("{area} is one of {AREAS:?}"));
            seeds.skip(place).step_by(AREAS.len()).collect()
        }
    }
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

/// Waits a little: what is waited for is looked at again and again, by this unit.
async fn moment() {
    tokio::time::sleep(std::time::Duration::from_micros(300)).await;
}
