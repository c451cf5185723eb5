//! What the figures were measured on, without names or paths.

/// "Linux, 2 cores of AMD EPYC, 24 GB".
#[must_use]
pub fn words() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let processor = first_value("/proc/cpuinfo", "model name");
    let memory = first_value("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok())
        .map(|kilobytes| format!(", {} GB of memory", kilobytes / 1_000_000));
    format!(
        "{}, {cores} cores of {}{}",
        std::env::consts::OS,
        processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        memory.unwrap_or_default()
    )
}

/// The day in UTC.
#[must_use]
pub fn today() -> String {
    chrono::Utc::now().format("%Y-%m-%d").to_string()
}

fn first_value(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
